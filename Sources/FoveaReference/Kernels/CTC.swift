package import FoveaCore
package import FoveaGraph

/// The lattice of one example: time × the labels with blanks around each of them.
private struct Lattice<Scalar: ReferenceScalar> {
  /// Blank, label, blank, …, label, blank.
  let symbols: [Int]
  let time: Int
  /// The logarithm of the probability of class k at time t.
  let logarithm: (_ t: Int, _ k: Int) -> Scalar

  init(_ x: ReferenceTensor<Scalar>, labels: ArraySlice<Int32>, time: Int32, example: Int, blank: Int) {
    let classes = x.shape[2]
    symbols = labels.prefix { $0 >= 0 }.flatMap { [blank, Int($0)] } + [blank]
    self.time = min(max(Int(time), 0), x.shape[1])
    let start = example * x.shape[1] * classes
    logarithm = { t, k in (0..<classes).contains(k) ? x.values[start + t * classes + k] : -.infinity }
  }

  /// Whether a path may jump to symbol s over the blank before it.
  private func jumps(to s: Int) -> Bool { s % 2 == 1 && s >= 2 && symbols[s] != symbols[s - 2] }

  /// The logarithm of the probability of all paths to (t, s), that of s at t included.
  var forward: [[Scalar]] {
    var rows: [[Scalar]] = []
    for t in 0..<time {
      rows.append(
        symbols.indices.map { s in
          guard t > 0 else { return s < 2 ? logarithm(0, symbols[s]) : -.infinity }
          let before = rows[t - 1]
          let sources = [before[s], s >= 1 ? before[s - 1] : -.infinity, jumps(to: s) ? before[s - 2] : -.infinity]
          return sumOfExponentials(sources) + logarithm(t, symbols[s])
        })
    }
    return rows
  }

  /// Likewise from (t, s) to the end, that of s at t not included.
  var backward: [[Scalar]] {
    var rows = [[Scalar]](repeating: symbols.map { _ in -.infinity }, count: time)
    for t in (0..<time).reversed() {
      for s in symbols.indices {
        guard t + 1 < time else {
          rows[t][s] = s >= symbols.count - 2 ? 0 : -.infinity
          continue
        }
        func next(_ s: Int) -> Scalar { rows[t + 1][s] + logarithm(t + 1, symbols[s]) }
        rows[t][s] = sumOfExponentials([
          next(s), s + 1 < symbols.count ? next(s + 1) : -.infinity,
          s + 2 < symbols.count && jumps(to: s + 2) ? next(s + 2) : -.infinity,
        ])
      }
    }
    return rows
  }

  /// The logarithm of the probability of the label sequence.
  var total: Scalar {
    guard let last = forward.last else { return symbols.count == 1 ? 0 : -.infinity }
    return sumOfExponentials(Array(last.suffix(2)))
  }
}

private func sumOfExponentials<Scalar: ReferenceScalar>(_ values: [Scalar]) -> Scalar {
  let largest = values.max()!
  guard largest > -.infinity else { return largest }
  return largest + Scalar.log(values.reduce(0) { $0 + Scalar.exp($1 - largest) })
}

extension Op.CTC {
  fileprivate func lattices<Scalar>(_ inputs: ArraySlice<ReferenceTensor<Scalar>>) -> [Lattice<Scalar>] {
    let (x, labels, lengths) = (inputs.first!, inputs.dropFirst().first!, inputs.last!)
    let longest = labels.shape[1]
    return (0..<x.shape[0]).map { n in
      Lattice(
        x, labels: labels.integers[(n * longest)..<((n + 1) * longest)], time: lengths.integers[n], example: n,
        blank: blank)
    }
  }
}

extension Op.CTC: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    ReferenceTensor(lattices(inputs[...]).map { -$0.total }, shape: shape)
  }
}

extension Op.CTCGradient: ReferenceKernel {
  package func run<Scalar>(_ inputs: [ReferenceTensor<Scalar>], shape: Shape) -> ReferenceTensor<Scalar> {
    var gradient = ReferenceTensor<Scalar>(shape: shape)
    for (n, lattice) in forward.lattices(inputs.dropFirst()).enumerated() {
      let (total, before, after) = (lattice.total, lattice.forward, lattice.backward)
      guard total > -.infinity else { continue }
      for t in 0..<lattice.time {
        for (s, symbol) in lattice.symbols.enumerated() where (0..<shape[2]).contains(symbol) {
          gradient.values[(n * shape[1] + t) * shape[2] + symbol] -=
            inputs[0].values[n] * Scalar.exp(before[t][s] + after[t][s] - total)
        }
      }
    }
    return gradient
  }
}
