import FoveaCore
import FoveaLayers
internal import Glibc

// Numbers as people read them.

/// `0.98765` → `98.77 %`.
func percent(_ fraction: Double) -> String { String(printf: "%.2f %%", 100 * fraction) }

/// `1 example`, `60,000 examples`: for people, where `counted` is for errors, which repeat numbers as they are.
func groupedCount(_ number: Int, _ noun: String) -> String { grouped(number) + " " + (number == 1 ? noun : noun + "s") }

/// Four significant digits.
func short(_ number: Double) -> String { String(printf: "%.4g", number) }

/// `65` → `1 min 5 s`.
func duration(_ seconds: Double) -> String {
  guard seconds >= 10 else { return String(printf: "%.1f s", seconds) }
  let seconds = Int(min(seconds, 1e9).rounded())
  let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
  if hours > 0 { return "\(hours) h \(minutes) min" }
  return minutes > 0 ? "\(minutes) min \(seconds % 60) s" : "\(seconds) s"
}

/// `6`, `0.05`.
func plain(_ number: Float) -> String {
  number == number.rounded() && abs(number) < 1e9 ? "\(Int(number))" : "\(number)"
}
