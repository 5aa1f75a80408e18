/// The style sheet of pages.
enum PageStyle {
  /// The rules; figures bring their own (`FigureStyle.rules`), on the same grounds.
  static let rules = """
    :root{color-scheme:light dark;--page:#f6f7f8;--surface:#ffffff;--ink:#1b1e23;--soft:#565c66;--line:#dfe3e8;\
    --accent:#0067a5;--mark:#fff6e0;--mark-line:#d9a300}
    @media screen and (prefers-color-scheme:dark){:root{--page:#0e1013;--surface:#15181d;--ink:#e8eaed;\
    --soft:#a4abb6;--line:#2c3138;--accent:#5cb3ee;--mark:#2a2412;--mark-line:#b78a1b}}
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
    body{margin:0;background:var(--page);color:var(--ink);line-height:1.55;font-size:1rem;\
    font-family:"Helvetica Neue",Helvetica,Arial,"Liberation Sans",sans-serif}
    main{max-width:60rem;margin:0 auto;padding:2rem 1.25rem 3rem}
    h1{font-size:1.8rem;line-height:1.2;margin:0 0 .6rem;letter-spacing:-.01em;text-wrap:balance}
    h2{font-size:1.25rem;line-height:1.3;margin:2.6rem 0 .8rem;padding-top:.9rem;border-top:1px solid var(--line)}
    p,ul,dl,pre,figure,.table{margin:0 0 1.1rem}
    p,li,dd{overflow-wrap:break-word}
    p,ul,dl{max-width:44rem}
    .lead{font-size:1.1rem;color:var(--soft)}
    a{color:var(--accent);text-underline-offset:.15em}
    nav ul,.links{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.3rem 1.2rem}
    dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.3rem 1.4rem}
    dt{color:var(--soft)}
    dd{margin:0;min-width:0}
    .key-figures{max-width:none;grid-template-columns:repeat(auto-fit,minmax(10.5rem,1fr));gap:.8rem}
    .key-figures div{background:var(--surface);border:1px solid var(--line);border-radius:6px;padding:.8rem 1rem}
    .key-figures dd{color:var(--soft);font-size:.875rem;line-height:1.4}
    .key-figures .value{color:var(--ink);font-size:1.5rem;font-weight:600;line-height:1.3;\
    font-variant-numeric:tabular-nums}
    .note{background:var(--mark);border-left:3px solid var(--mark-line);padding:.7rem 1rem;border-radius:0 4px 4px 0}
    pre{background:var(--surface);border:1px solid var(--line);border-radius:6px;padding:.8rem 1rem;overflow-x:auto;\
    font-size:.875rem;line-height:1.5}
    pre,code{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
    .command{border-left:3px solid var(--accent);white-space:pre-wrap;overflow-wrap:anywhere}
    figure{background:var(--surface);border:1px solid var(--line);border-radius:6px;padding:.6rem .6rem .9rem}
    figure svg{display:block;width:100%;height:auto;max-width:56rem;margin:0 auto}
    .narrow{display:none}
    figcaption,.caption{font-size:.9rem;line-height:1.45;color:var(--soft)}
    figcaption{padding:.6rem .6rem 0;max-width:46rem}
    figcaption b,.caption b{color:var(--ink)}
    .caption{margin:0 0 .4rem}
    .scroll{overflow-x:auto;background:var(--surface);border:1px solid var(--line);border-radius:6px}
    table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
    th,td{text-align:left;vertical-align:top;padding:.4rem .8rem;border-bottom:1px solid var(--line)}
    th{vertical-align:bottom;font-weight:600;border-bottom:2px solid var(--line)}
    tbody tr:last-child td{border-bottom:0}
    .words{min-width:7.5rem}
    .sentence{min-width:15rem}
    .number{text-align:right;white-space:nowrap}
    th.number{white-space:normal}
    .unit{font-weight:400;color:var(--soft);white-space:nowrap}
    .pictures{width:auto}
    .pictures th,.pictures td{border:0;padding:.2rem .4rem}
    .pictures img{display:block;height:auto;image-rendering:pixelated}
    footer{margin-top:3rem;border-top:1px solid var(--line);padding-top:.8rem;font-size:.875rem;color:var(--soft)}
    @media (max-width:34rem){main{padding:1.2rem .8rem 2rem}h1{font-size:1.45rem}.wide{display:none}\
    .narrow{display:block}figure{padding:.2rem .1rem .6rem}dl{grid-template-columns:1fr;gap:.1rem}\
    dl:not(.key-figures) dd{margin-bottom:.5rem}.key-figures{grid-template-columns:1fr 1fr;gap:.5rem}\
    .key-figures .value{font-size:1.2rem}}
    @media print{:root{--page:#ffffff}main{max-width:none;padding:0}body{font-size:10pt}\
    .wide{display:block}.narrow{display:none}figure,tr,.note,.key-figures{break-inside:avoid}\
    h2{break-after:avoid}.scroll,pre{overflow:visible}nav{display:none}}

    """
}
