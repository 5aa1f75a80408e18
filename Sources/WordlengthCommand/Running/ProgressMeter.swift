@preconcurrency import Dispatch
import Foundation
import Reporting
import Synchronization

/// How far a run has come, weighed by the cost of its tasks. Times are in seconds since its start.
package struct ProgressState: Hashable, Sendable {
  /// The number of tasks.
  package private(set) var tasks: Int
  /// Tasks that are done.
  package private(set) var done = 0
  /// The cost of the tasks that must be worked on, in any unit.
  package private(set) var cost: Double
  /// The cost of the work that is done.
  package private(set) var costDone = 0.0
  /// What is being worked on.
  package private(set) var current = ""
  private var stageStart = 0.0

  /// A run of `tasks` tasks that cost `cost` together (at least 0).
  package init(tasks: Int, cost: Double) {
    self.tasks = tasks
    self.cost = max(0, cost)
  }

  /// Names what is being worked on.
  package mutating func begin(_ name: String) { current = name }

  /// Names a stage whose tasks are not known yet; the estimate forgets those before it, which took their time for other work.
  package mutating func beginStage(_ name: String, elapsed: Double) {
    self = ProgressState(tasks: 0, cost: 0)
    current = name
    stageStart = elapsed
  }

  /// Counts a task as worked off.
  package mutating func finish(cost: Double) {
    done += 1
    costDone += max(0, cost)
  }

  /// Counts a task as done without work, such as one found in the cache, so that it does not flatter the estimate.
  package mutating func skip(cost: Double) {
    done += 1
    self.cost = max(costDone, self.cost - max(0, cost))
  }

  /// Takes over what a sweep says of itself: tasks and costs, done and in all.
  package mutating func become(done: Int, of tasks: Int, costDone: Double, cost: Double, current: String) {
    self.done = done
    self.tasks = tasks
    self.costDone = costDone
    self.cost = cost
    self.current = current
  }

  /// The seconds left, of this stage where there are stages, if the rest goes at the pace so far; nil before any work is done.
  package func secondsLeft(elapsed: Double) -> Double? {
    let spent = elapsed - stageStart
    guard costDone > 0 && spent > 0 else { return nil }
    return spent * max(0, cost - costDone) / costDone
  }

  /// One line of at most `width` columns: count, elapsed time, time left, and as much as fits of what is being worked on.
  package func line(elapsed: Double, width: Int) -> String {
    // Whole seconds: tenths would only flicker.
    var line = (tasks > 0 ? "\(done)/\(tasks)  " : "") + "\(DurationText(seconds: elapsed.rounded(.down)))"
    if done < tasks, let left = secondsLeft(elapsed: elapsed) {
      line += ", about \(DurationText(seconds: max(1, left.rounded(.up)))) left"
    }
    if !current.isEmpty { line += "  \(current.singleLine)" }
    if line.displayWidth <= width { return line }
    var cut = ""
    var columns = 0
    for character in line {
      columns += character.displayWidth
      if columns > width - 1 { break }
      cut.append(character)
    }
    return width > 0 ? cut + "…" : ""
  }
}

/// Shows how far a run has come, on standard error only and only if it lasts.
///
/// On a terminal one line is rewritten at most ten times a second; elsewhere a plain line appears at most every ten
/// seconds. Nothing appears in the first two seconds. Safe to use from any thread.
package final class ProgressMeter: Sendable {
  private struct Shown {
    var state: ProgressState
    var lastTime = -Double.infinity
    var columns = 0
    var isClosed = false
  }

  /// Seconds before anything is shown.
  package static let patience = 2.0

  private let shown: Mutex<Shown>
  private let stream: Console.Stream?
  private let now: @Sendable () -> Double
  private let start: Double
  private let timer: any DispatchSourceTimer

  /// A meter for `tasks` tasks that cost `cost` together, in any unit.
  /// - Parameters:
  ///   - stream: Where to show it, or nil to show nothing (`--quiet`).
  ///   - now: A clock in seconds that never goes back.
  package init(
    tasks: Int, cost: Double, stream: Console.Stream?,
    now: @escaping @Sendable () -> Double = { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }
  ) {
    shown = Mutex(Shown(state: ProgressState(tasks: tasks, cost: cost)))
    self.stream = stream
    self.now = now
    start = now()
    // Long tasks report seldom; the timer keeps the clock on the line moving.
    timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "wordlength.progress"))
    guard stream != nil else {
      timer.activate()
      timer.cancel()
      return
    }
    timer.schedule(deadline: .now() + Self.patience, repeating: 0.5)
    timer.setEventHandler { [weak self] in self?.update { _ in } }
    timer.activate()
  }

  deinit { close() }

  /// Names what is being worked on.
  package func begin(_ name: String) { update { $0.begin(name) } }

  /// Names a stage whose tasks are not known yet, and forgets those before it.
  package func beginStage(_ name: String) {
    let elapsed = now() - start
    update { $0.beginStage(name, elapsed: elapsed) }
  }

  /// Counts a task as worked off at its estimated cost.
  package func finish(cost: Double) { update { $0.finish(cost: cost) } }

  /// Counts a task as done without work, such as one found in the cache.
  package func skip(cost: Double) { update { $0.skip(cost: cost) } }

  /// Shows what a sweep says of itself.
  package func show(done: Int, of tasks: Int, costDone: Double, cost: Double, current: String) {
    update { $0.become(done: done, of: tasks, costDone: costDone, cost: cost, current: current) }
  }

  /// Takes the line off the terminal while `body` prints something else.
  package func interrupt(_ body: () -> Void) {
    shown.withLock { shown in
      erase(&shown)
      body()
    }
  }

  /// How far the run has come.
  package var state: ProgressState { shown.withLock { $0.state } }

  /// Looks at the clock and shows the line if it is due, as the meter's timer does.
  package func refresh() { update { _ in } }

  /// Prints a message on lines of its own, without tearing the progress line.
  package func report(_ message: ConsoleMessage, _ severity: ConsoleMessage.Severity) {
    shown.withLock { shown in
      erase(&shown)
      stream?.write(message.text(severity))
    }
  }

  /// Takes the line off the terminal and shows nothing more.
  package func close() {
    shown.withLock { shown in
      guard !shown.isClosed else { return }
      erase(&shown)
      shown.isClosed = true
      timer.cancel()
    }
  }

  private func update(_ change: (inout ProgressState) -> Void) {
    shown.withLock { shown in
      change(&shown.state)
      guard let stream, !shown.isClosed else { return }
      let elapsed = now() - start
      guard elapsed >= Self.patience && elapsed - shown.lastTime >= (stream.isTerminal ? 0.1 : 10) else {
        return
      }
      shown.lastTime = elapsed
      if stream.isTerminal {
        // One column less than the terminal has, as some wrap when the last one is filled.
        let line = shown.state.line(elapsed: elapsed, width: max(0, stream.width() - 1))
        let columns = line.displayWidth
        stream.write(
          "\r" + line
            + String(repeating: " ", count: max(0, min(shown.columns, stream.width() - 1) - columns)))
        shown.columns = columns
      } else {
        stream.write("wordlength: \(shown.state.line(elapsed: elapsed, width: 200))\n")
      }
    }
  }

  private func erase(_ shown: inout Shown) {
    guard shown.columns > 0, let stream else { return }
    stream.write("\r" + String(repeating: " ", count: min(shown.columns, max(0, stream.width() - 1))) + "\r")
    shown.columns = 0
  }
}
