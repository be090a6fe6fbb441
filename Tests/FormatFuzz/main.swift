import FoveaFiles
import FoveaFormats
import FoveaTestSupport
import Glibc

// FormatFuzz FORMAT FROM TO: reads damaged copies of small files of a format, each of which may be refused or read, but
// not more than it can hold. Ends with a signal after a crash, a sanitizer's finding, or ten seconds of computing for one
// file, or two minutes of waiting.

/// Ends the process if so many seconds are computed, or twelve times as many pass, before the next call; 0 for never.
func limit(seconds: Int) {
  var limit = itimerval()
  limit.it_value.tv_sec = seconds
  setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &limit, nil)
  alarm(UInt32(12 * seconds))
}

/// Writes a line at once: what is kept back would be lost after a crash.
func say(_ line: String) { _ = Array((line + "\n").utf8).withUnsafeBytes { write(1, $0.baseAddress, $0.count) } }

let arguments = CommandLine.arguments
guard arguments.count == 4, let format = FuzzedFormat.all[arguments[1]], let from = Int(arguments[2]),
  let to = Int(arguments[3]), from < to
else {
  say("usage: FormatFuzz \(FuzzedFormat.all.keys.sorted().joined(separator: "|")) FROM TO")
  exit(2)
}
let folder = TemporaryFolder()
let seeds = try format.seeds(folder)
var (read, refused) = (0, 0)
for number in from..<to {
  let seed = seeds[number % seeds.count]
  let bytes = Mutations(of: seed.bytes, seed: UInt64(number % seeds.count))[number / seeds.count]
  let path = try seed.place(folder, bytes)
  limit(seconds: 10)
  do {
    let size = try format.read(path)
    guard size <= format.bound(bytes.count) else {
      say("\(arguments[1]) \(number): \(bytes.count) bytes became \(size)")
      exit(1)
    }
    read += 1
  } catch { refused += 1 }
  limit(seconds: 0)
  if (number + 1 - from) % 10_000 == 0 { say("\(arguments[1]): \(number + 1 - from) files, \(read) read") }
}
say("\(arguments[1]): \(to - from) files, \(read) read, \(refused) refused")
