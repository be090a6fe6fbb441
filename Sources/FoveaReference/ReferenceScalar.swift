internal import Foundation

extension Float: ReferenceScalar {
  package static func exp(_ x: Float) -> Float { Foundation.exp(x) }
  package static func log(_ x: Float) -> Float { Foundation.log(x) }
  package static func tanh(_ x: Float) -> Float { Foundation.tanh(x) }
  package static func expm1(_ x: Float) -> Float { Foundation.expm1(x) }
  package static func log1p(_ x: Float) -> Float { Foundation.log1p(x) }
  package static func erf(_ x: Float) -> Float { Foundation.erf(x) }
  package static func pow(_ x: Float, _ exponent: Float) -> Float { Foundation.pow(x, exponent) }
  package static func sin(_ x: Float) -> Float { Foundation.sin(x) }
  package static func cos(_ x: Float) -> Float { Foundation.cos(x) }
  package static func atan(_ x: Float) -> Float { Foundation.atan(x) }
}

extension Double: ReferenceScalar {
  package static func exp(_ x: Double) -> Double { Foundation.exp(x) }
  package static func log(_ x: Double) -> Double { Foundation.log(x) }
  package static func tanh(_ x: Double) -> Double { Foundation.tanh(x) }
  package static func expm1(_ x: Double) -> Double { Foundation.expm1(x) }
  package static func log1p(_ x: Double) -> Double { Foundation.log1p(x) }
  package static func erf(_ x: Double) -> Double { Foundation.erf(x) }
  package static func pow(_ x: Double, _ exponent: Double) -> Double { Foundation.pow(x, exponent) }
  package static func sin(_ x: Double) -> Double { Foundation.sin(x) }
  package static func cos(_ x: Double) -> Double { Foundation.cos(x) }
  package static func atan(_ x: Double) -> Double { Foundation.atan(x) }
}
