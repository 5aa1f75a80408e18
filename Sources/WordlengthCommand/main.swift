import Foundation

// A reader that goes away (`wordlength ... | head`) is seen as a failed write, not as a signal.
signal(SIGPIPE, SIG_IGN)
let dispatcher = CommandDispatcher(commands: allCommands, console: .standard)
exit(dispatcher.run(Array(CommandLine.arguments.dropFirst())).rawValue)
