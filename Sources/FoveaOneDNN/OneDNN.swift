internal import COneDNN

/// A call of oneDNN that failed.
public struct OneDNNError: Error, Sendable, CustomStringConvertible {
  public let description: String
}

/// oneDNN's one CPU engine and the stream on which primitives run, in order.
enum OneDNN {
  /// Unchecked: oneDNN's engine and its CPU stream hold no state that a call changes.
  private struct Runtime: @unchecked Sendable {
    let engine: dnnl_engine_t
    let stream: dnnl_stream_t
  }

  private static let runtime: Runtime = {
    var engine: dnnl_engine_t?
    var stream: dnnl_stream_t?
    guard dnnl_engine_create(&engine, dnnl_cpu, 0) == dnnl_success, let engine,
      dnnl_stream_create(&stream, engine, dnnl_stream_default_flags.rawValue) == dnnl_success, let stream
    else { preconditionFailure("oneDNN has no CPU engine") }
    return Runtime(engine: engine, stream: stream)
  }()

  static var engine: dnnl_engine_t { runtime.engine }
  static var stream: dnnl_stream_t { runtime.stream }

  /// Such as `oneDNN 2.6.3 avx512_core_vnni`: which code runs where.
  static let version: String = {
    let version = dnnl_version().pointee
    return "oneDNN \(version.major).\(version.minor).\(version.patch) \(dnnl_get_effective_cpu_isa().rawValue)"
  }()

  /// Forgets the primitives that nobody has: oneDNN keeps the last 1024 with their code, in case that one like it is made.
  static func forgetPrimitives() {
    var capacity: Int32 = 0
    guard dnnl_get_primitive_cache_capacity(&capacity) == dnnl_success else { return }
    dnnl_set_primitive_cache_capacity(0)
    dnnl_set_primitive_cache_capacity(capacity)
  }

  static func check(_ status: dnnl_status_t, _ call: @autoclosure () -> String) throws {
    guard status != dnnl_success else { return }
    let reason =
      switch status {
      case dnnl_out_of_memory: "out of memory"
      case dnnl_invalid_arguments: "invalid arguments"
      case dnnl_unimplemented: "not implemented"
      default: "status \(status.rawValue)"
      }
    throw OneDNNError(description: "oneDNN \(call()): \(reason)")
  }
}
