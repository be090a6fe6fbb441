package import FoveaCore
package import FoveaGraph

extension Op.Lookup: Explainable {
  package func arithmetic(at position: [Int], of operands: [Operand], result: Shape) -> Arithmetic {
    let index = operands[1].factor("row", Array(position.dropLast()))
    let column = position[position.count - 1]
    let formula = "y = the row of the table that the number says"
    guard (0..<operands[0].shape[0]).contains(Int(index.value)) else {
      return Arithmetic(formula, .only, [.init(.constant("no such row", .nan))])
    }
    let value = operands[0].factor("table", [Int(index.value), column])
    let form = "table[\(Int(index.value)),\(column)]"
    return Arithmetic(formula, .only, [.init([value, index], form: form, value: value.value)])
  }
}
