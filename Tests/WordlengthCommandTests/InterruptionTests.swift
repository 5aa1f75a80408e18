import Foundation
import Testing
import WordlengthCommand

/// Signals belong to a whole process, so each test has its own.
@Suite("Interruption")
struct InterruptionTests {
  @Test("The first signal sets the flag and lets the work stop by itself", arguments: [SIGINT, SIGTERM])
  func firstSignal(_ number: Int32) async {
    await #expect(processExitsWith: .exitCode(41)) { [number] in
      let interruption = Interruption(announce: {})
      guard !interruption.isRequested else { exit(1) }
      kill(getpid(), number)
      for _ in 0..<500 where !interruption.isRequested { usleep(10_000) }
      do {
        try interruption.check()
      } catch {
        exit(41)
      }
    }
  }

  @Test("The second signal ends the process at once with status 130")
  func secondSignal() async {
    await #expect(processExitsWith: .exitCode(130)) {
      let interruption = Interruption(announce: {})
      for _ in 0..<500 {
        kill(getpid(), SIGINT)
        usleep(10_000)
      }
      exit(interruption.isRequested ? 1 : 2)
    }
  }

  @Test("Once no one listens, a signal ends the process as before")
  func stopsListening() async {
    await #expect(processExitsWith: .signal(SIGTERM)) {
      Interruption(announce: {}).stopListening()
      for _ in 0..<100 {
        kill(getpid(), SIGTERM)
        usleep(10_000)
      }
    }
  }
}
