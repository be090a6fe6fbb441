import FoveaCore
import FoveaGraph

extension Backend {
  /// Whether this backend has a kernel for a node, and can bring row-major inputs into the layouts that it wants.
  ///
  /// - Parameter operands: the shapes and types of what the node reads; all but the first are the same on every run.
  func canRun(_ operation: any Operation, on operands: [(shape: Shape, type: ElementType)]) -> Bool {
    guard let shape = try? operation.outputShape(for: operands.map(\.shape)),
      let type = try? operation.elementType(for: operands.map(\.type))
    else { return false }
    let inputs = operands.enumerated().map { index, operand in
      KernelRequest.Operand(
        shape: operand.shape, elementType: operand.type, layout: .rowMajor(operand.shape), isStatic: index > 0)
    }
    let request = KernelRequest(
      operation: operation, inputs: inputs, outputShape: shape, outputType: type, isOutput: false)
    guard let kernel = try? kernel(for: request) else { return false }
    return zip(operands, kernel.inputLayouts).allSatisfy { operand, layout in
      layout.isRowMajor(operand.shape)
        || ((try? reorder(operand.shape, operand.type, from: .rowMajor(operand.shape), to: layout)) ?? nil) != nil
    }
  }
}
