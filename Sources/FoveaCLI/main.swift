internal import Foundation

// A closed pipe (`fovea models | head -1`) ends the process without a word, also where the parent ignores the signal.
signal(SIGPIPE, SIG_DFL)
exit(Tool.run(CommandLine.arguments.dropFirst()))
