@preconcurrency import Dispatch
import Foundation
import Synchronization

/// The user asked the run to stop. Thrown by long work at its next safe point.
package struct InterruptionError: Error, Hashable, Sendable {
  /// An interruption.
  package init() {}
}

/// Listens for SIGINT and SIGTERM while a command does long work.
///
/// The first signal only sets a flag, which the work polls and then stops with everything it has finished kept; the
/// second ends the process at once with status 130.
package final class Interruption: Sendable {
  private let count = Atomic<Int>(0)
  private let sources: [any DispatchSourceSignal]
  private let former: [(signal: Int32, handler: (@convention(c) (Int32) -> Void)?)]
  private static let signals = [SIGINT, SIGTERM]

  /// Starts to listen.
  /// - Parameter announce: Told once, at the first signal, such as to print what happens next.
  package init(announce: @escaping @Sendable () -> Void) {
    let queue = DispatchQueue(label: "wordlength.interruption")
    // Without its default action a signal reaches only the source.
    former = Self.signals.map { ($0, signal($0, SIG_IGN)) }
    sources = Self.signals.map { DispatchSource.makeSignalSource(signal: $0, queue: queue) }
    // A signal that arrives before its source is registered would be lost, so this waits until all are.
    let registered = DispatchSemaphore(value: 0)
    for source in sources {
      source.setEventHandler { [weak self] in self?.receive(announce) }
      source.setRegistrationHandler { registered.signal() }
      source.resume()
    }
    for _ in sources { registered.wait() }
  }

  deinit { stopListening() }

  /// Whether the run shall stop.
  package var isRequested: Bool { count.load(ordering: .relaxed) > 0 }

  /// Throws if the run shall stop.
  package func check() throws(InterruptionError) {
    if isRequested { throw InterruptionError() }
  }

  /// Gives the signals back their former actions.
  package func stopListening() {
    for source in sources { source.cancel() }
    for (number, handler) in former { signal(number, handler) }
  }

  private func receive(_ announce: @Sendable () -> Void) {
    switch count.add(1, ordering: .relaxed).newValue {
    case 1: announce()
    default: _exit(CommandStatus.interrupted.rawValue)
    }
  }
}
