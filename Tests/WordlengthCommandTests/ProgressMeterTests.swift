import Dispatch
import Synchronization
import Testing
import WordlengthCommand

@Suite("Progress")
struct ProgressMeterTests {
  /// A clock that a test sets.
  private final class Clock: Sendable {
    private let seconds = Atomic<Int>(0)
    var now: Double { Double(seconds.load(ordering: .relaxed)) / 1000 }
    func set(milliseconds: Int) { seconds.store(milliseconds, ordering: .relaxed) }
  }

  private func meter(_ recording: Recording, _ clock: Clock, isTerminal: Bool, width: Int = 80)
    -> ProgressMeter
  {
    ProgressMeter(
      tasks: 100, cost: 100, stream: recording.console(width: width, isTerminal: isTerminal).error,
      now: { clock.now })
  }

  @Test("Nothing is shown in the first two seconds, nor when quiet")
  func patience() {
    let (recording, clock) = (Recording(), Clock())
    let shown = meter(recording, clock, isTerminal: true)
    for time in stride(from: 0, through: 1999, by: 37) {
      clock.set(milliseconds: time)
      shown.finish(cost: 1)
    }
    shown.close()
    #expect(recording.error == "")
    let quiet = ProgressMeter(tasks: 2, cost: 2, stream: nil, now: { clock.now })
    clock.set(milliseconds: 60_000)
    quiet.finish(cost: 1)
    quiet.close()
    #expect(recording.error == "")
    #expect(quiet.state.done == 1)
  }

  @Test("A terminal's line is rewritten at most ten times a second and taken away at the end")
  func terminal() {
    let (recording, clock) = (Recording(), Clock())
    let shown = meter(recording, clock, isTerminal: true, width: 60)
    for time in 2000..<5000 {
      clock.set(milliseconds: time)
      shown.begin("point \(time)")
    }
    let writes = recording.error.split(separator: "\r").count
    #expect(writes >= 20 && writes <= 30)
    #expect(!recording.error.contains("\n"))
    for line in recording.error.split(separator: "\r") { #expect(line.count < 60) }
    shown.close()
    #expect(recording.error.hasSuffix(" \r"))
    let after = recording.error
    clock.set(milliseconds: 9000)
    shown.finish(cost: 1)
    #expect(recording.error == after)
  }

  @Test("A file gets a plain line at most every ten seconds")
  func file() {
    let (recording, clock) = (Recording(), Clock())
    let shown = meter(recording, clock, isTerminal: false)
    for time in stride(from: 0, through: 60_000, by: 100) {
      clock.set(milliseconds: time)
      shown.refresh()
    }
    #expect(recording.error.split(separator: "\n").count == 6)
    #expect(!recording.error.contains("\r"))
  }

  @Test("The estimate is by cost, and skipped tasks do not flatter it")
  func estimate() {
    var state = ProgressState(tasks: 4, cost: 100)
    #expect(state.secondsLeft(elapsed: 5) == nil)
    state.finish(cost: 10)
    #expect(state.secondsLeft(elapsed: 5) == 45)
    state.skip(cost: 40)
    // 100 − 40 − 10 are left, at 2 a second.
    #expect(state.secondsLeft(elapsed: 5) == 25)
    state.finish(cost: 50)
    state.finish(cost: 50)
    #expect(state.secondsLeft(elapsed: 5) == 0)
    #expect(state.done == 4)
  }

  @Test("A stage is estimated from its own start")
  func stages() {
    let (recording, clock) = (Recording(), Clock())
    let shown = meter(recording, clock, isTerminal: false)
    shown.finish(cost: 50)
    clock.set(milliseconds: 1_000_000)
    shown.beginStage("measuring")
    #expect(shown.state.secondsLeft(elapsed: 1_000_001) == nil)
    clock.set(milliseconds: 1_020_000)
    shown.show(done: 2, of: 5, costDone: 2, cost: 5, current: "fog")
    #expect(shown.state.secondsLeft(elapsed: 1020) == 30)
    let lines = recording.error.replacing("\u{A0}", with: " ")
    #expect(
      lines
        == "wordlength: 16 min 40 s  measuring\nwordlength: 2/5  17 min 00 s, about 30.0 s left  fog\n")
  }

  @Test("The line fits any width", arguments: 0...90)
  func lineFits(_ width: Int) {
    var state = ProgressState(tasks: 1200, cost: 5)
    state.begin("ffdnn-4x256 幅を決める, 3 bits, retrained,\nseed 4")
    state.finish(cost: 1)
    let line = state.line(elapsed: 4000, width: width)
    #expect(line.reduce(0) { $0 + ("幅を決める".contains($1) ? 2 : 1) } <= width, "\(line)")
    #expect(!line.contains("\n"))
  }

  @Test("Tasks finished on many threads are all counted")
  func threads() {
    let (recording, clock) = (Recording(), Clock())
    let shown = meter(recording, clock, isTerminal: true)
    clock.set(milliseconds: 3000)
    DispatchQueue.concurrentPerform(iterations: 500) { _ in shown.finish(cost: 0.25) }
    #expect(shown.state.done == 500 && shown.state.costDone == 125)
  }
}
