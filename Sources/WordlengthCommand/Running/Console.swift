import Foundation

/// Where a command prints: results to standard output, all else to standard error.
package struct Console: Sendable {
  /// A stream and what is known about it.
  package struct Stream: Sendable {
    /// Writes text at once; text that the reader no longer takes is lost.
    package let write: @Sendable (String) -> Void
    /// Whether a person watches it on a terminal.
    package let isTerminal: Bool
    /// The current width in columns.
    package let width: @Sendable () -> Int

    /// A stream.
    package init(
      isTerminal: Bool, width: @escaping @Sendable () -> Int, write: @escaping @Sendable (String) -> Void
    ) {
      self.isTerminal = isTerminal
      self.width = width
      self.write = write
    }

    /// An open file descriptor.
    package init(descriptor: Int32) {
      self.init(
        isTerminal: isatty(descriptor) == 1, width: { Self.width(of: descriptor) },
        write: { text in
          var bytes = Array(text.utf8)[...]
          while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
              bytes = bytes.dropFirst(count)
            } else if errno != EINTR && errno != EAGAIN {
              return
            }
          }
        })
    }

    /// The terminal's own width, else that of `COLUMNS`, else 80.
    private static func width(of descriptor: Int32) -> Int {
      var size = winsize()
      if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 { return Int(size.ws_col) }
      let columns = ProcessInfo.processInfo.environment["COLUMNS"].flatMap(Int.init) ?? 80
      return columns > 0 ? columns : 80
    }
  }

  /// Results.
  package let output: Stream
  /// Messages and progress.
  package let error: Stream

  /// A pair of streams.
  package init(output: Stream, error: Stream) {
    self.output = output
    self.error = error
  }

  /// The process's own streams.
  package static var standard: Console {
    Console(output: Stream(descriptor: STDOUT_FILENO), error: Stream(descriptor: STDERR_FILENO))
  }

  /// Prints a message to standard error.
  package func report(_ message: ConsoleMessage, _ severity: ConsoleMessage.Severity) {
    error.write(message.text(severity))
  }
}
