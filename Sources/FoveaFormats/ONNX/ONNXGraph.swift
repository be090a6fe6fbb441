package import FoveaCore

/// What an ONNX file holds: nodes that read and give tensors by name.
///
/// - Source: ONNX's specification, "IR.md", and `onnx-ml.proto`.
package struct ONNXGraph: Sendable {
  /// The version of the operators.
  package var opset: Int
  package var inputs: [ONNXPort] = []
  package var outputs: [ONNXPort] = []
  package var nodes: [ONNXNode] = []
  package var initializers: [String: ONNXTensor] = [:]

  package init(opset: Int) { self.opset = opset }
}

extension ONNXGraph {
  /// - Errors: two results of one name, of which a reader would not know which is meant.
  func checkNames(_ path: String) throws(FormatError) {
    var givers: [String: String] = [:]
    for port in inputs { givers[port.name] = "an input" }
    for name in initializers.keys { givers[name] = "an initializer" }
    for node in nodes {
      let giver = node.name.isEmpty ? "a node \(node.type)" : "the node '\(node.name)'"
      for output in node.outputs where !output.isEmpty {
        if let other = givers.updateValue(giver, forKey: output) {
          throw FormatError(
            .damaged, path, "'\(output)' is given twice, by \(other) and by \(giver); give each result its own name")
        }
      }
    }
  }
}

/// An input or output of a graph.
package struct ONNXPort: Sendable {
  package var name: String
  package var type: ONNXType
  /// By axis, `nil` where any size is allowed; `nil` if not even the rank is known.
  package var dimensions: [Int?]?

  package init(name: String, type: ONNXType, dimensions: [Int?]?) {
    (self.name, self.type, self.dimensions) = (name, type, dimensions)
  }
}

/// One operator on tensors.
package struct ONNXNode: Sendable {
  package var name: String
  /// The operator: `Conv`.
  package var type: String
  /// Whose operator it is; empty for ONNX's own.
  package var domain: String
  /// Names of tensors; empty for one that is left out.
  package var inputs: [String]
  package var outputs: [String]
  package var attributes: [String: ONNXAttribute]

  package init(
    name: String, type: String, domain: String = "", inputs: [String], outputs: [String],
    attributes: [String: ONNXAttribute] = [:]
  ) {
    (self.name, self.type, self.domain) = (name, type, domain)
    (self.inputs, self.outputs, self.attributes) = (inputs, outputs, attributes)
  }
}

package enum ONNXAttribute: Sendable {
  case integer(Int)
  case float(Float)
  case text(String)
  case integers([Int])
  case floats([Float])
  case tensor(ONNXTensor)
  case branch(ONNXBranch)
  /// A graph with initializers, a type, or a list of texts or tensors.
  case other
}

/// A graph in a node, which reads by name what stands before that node.
package struct ONNXBranch: Sendable {
  package var nodes: [ONNXNode]
  package var outputs: [String]
}

/// What the elements of a tensor are, by ONNX's numbers.
package struct ONNXType: Hashable, Sendable, CustomStringConvertible {
  package let code: Int32
  package init(code: Int32) { self.code = code }

  package static let float32 = ONNXType(code: 1)
  package static let int32 = ONNXType(code: 6)
  package static let int64 = ONNXType(code: 7)
  package static let bool = ONNXType(code: 9)

  package var stored: StoredType? {
    switch code {
    case 1: .float32
    case 2: .uint8
    case 3: .int8
    case 4: .uint16
    case 5: .int16
    case 6: .int32
    case 7: .int64
    case 9: .bool
    case 10: .float16
    case 11: .float64
    case 12: .uint32
    case 13: .uint64
    case 16: .bfloat16
    default: nil
    }
  }

  package var isFloatingPoint: Bool {
    switch stored {
    case .float16, .float32, .float64, .bfloat16: true
    default: false
    }
  }

  /// Whether tensors of it are read here.
  package var isRead: Bool { stored != nil }

  package var description: String { stored.map { "\($0)" } ?? "type \(code)" }
}

/// The numbers of a constant or an initializer.
package struct ONNXTensor: Sendable {
  package enum Content: Sendable {
    /// `float32`, whatever kind of float the file has.
    case floats(Tensor)
    /// Integers and truth values.
    case integers([Int])
    /// They lie in another file, and are left there.
    case elsewhere
  }

  package var shape: Shape
  package var type: ONNXType
  package var content: Content

  package init(shape: Shape, type: ONNXType, content: Content) {
    (self.shape, self.type, self.content) = (shape, type, content)
  }
}
