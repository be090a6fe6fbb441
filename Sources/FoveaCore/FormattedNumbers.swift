internal import Glibc

// Foundation's `String(format:)` would bring all of Foundation into the process, some 6 MiB that stay there.

extension String {
  /// Numbers as `printf` writes them, such as `%.2f`.
  ///
  /// - Parameter values: numbers only, as many as `format` names.
  package init(printf format: String, _ values: any CVarArg...) {
    // The longest number has 309 digits before the point.
    let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1024) { buffer in
      _ = withVaList(values) { vsnprintf(buffer.baseAddress!, buffer.count, format, $0) }
      return String(cString: buffer.baseAddress!)
    }
    self = text
  }
}
