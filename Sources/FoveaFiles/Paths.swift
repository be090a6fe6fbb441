import Glibc

/// The path with `~/` at its beginning replaced by the home folder, which no shell does after a colon.
package func expandingHome(_ path: String) -> String {
  guard path.hasPrefix("~/"), let home = getenv("HOME") else { return path }
  return String(cString: home) + path.dropFirst()
}

/// The path from the root, whether or not something is there.
package func absolutePath(_ path: String) -> String {
  guard !path.hasPrefix("/"), let current = getcwd(nil, 0) else { return path }
  defer { free(current) }
  return String(cString: current) + "/" + path
}

/// The path without slashes at its end, doubled slashes, and steps to `.`, which say nothing: `./a//b/` is `a/b`.
package func plainPath(_ path: String) -> String {
  let parts = path.split(separator: "/").filter { $0 != "." }
  let plain = (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  return plain.isEmpty && !path.isEmpty ? "." : plain
}

/// The path from the root without symbolic links; `nil` if nothing is there.
package func realPath(_ path: String) -> String? {
  guard let resolved = realpath(path, nil) else { return nil }
  defer { free(resolved) }
  return String(cString: resolved)
}
