import Glibc

/// Unchecked: a locale is never changed after it is made.
private struct Locale: @unchecked Sendable {
  let handle: locale_t?
}

private let utf8 = Locale(handle: newlocale(1 << LC_CTYPE, "C.UTF-8", nil))  // 1 << category: its mask

/// Runs `body` with UTF-8 as the character set of this thread, which libarchive takes names to be in; a program that
/// never sets a locale would otherwise have ASCII.
func withUTF8Locale<R>(_ body: () -> R) -> R {
  guard let locale = utf8.handle else { return body() }
  let before = uselocale(locale)
  defer { uselocale(before) }
  return body()
}
