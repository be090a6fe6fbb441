internal import Glibc

extension Float: ReferenceScalar {
  package static func exp(_ x: Float) -> Float { Glibc.exp(x) }
  package static func log(_ x: Float) -> Float { Glibc.log(x) }
  package static func tanh(_ x: Float) -> Float { Glibc.tanh(x) }
  package static func expm1(_ x: Float) -> Float { Glibc.expm1(x) }
  package static func log1p(_ x: Float) -> Float { Glibc.log1p(x) }
  package static func erf(_ x: Float) -> Float { Glibc.erf(x) }
  package static func pow(_ x: Float, _ exponent: Float) -> Float { Glibc.pow(x, exponent) }
  package static func sin(_ x: Float) -> Float { Glibc.sin(x) }
  package static func cos(_ x: Float) -> Float { Glibc.cos(x) }
  package static func atan(_ x: Float) -> Float { Glibc.atan(x) }
}

extension Double: ReferenceScalar {
  package static func exp(_ x: Double) -> Double { Glibc.exp(x) }
  package static func log(_ x: Double) -> Double { Glibc.log(x) }
  package static func tanh(_ x: Double) -> Double { Glibc.tanh(x) }
  package static func expm1(_ x: Double) -> Double { Glibc.expm1(x) }
  package static func log1p(_ x: Double) -> Double { Glibc.log1p(x) }
  package static func erf(_ x: Double) -> Double { Glibc.erf(x) }
  package static func pow(_ x: Double, _ exponent: Double) -> Double { Glibc.pow(x, exponent) }
  package static func sin(_ x: Double) -> Double { Glibc.sin(x) }
  package static func cos(_ x: Double) -> Double { Glibc.cos(x) }
  package static func atan(_ x: Double) -> Double { Glibc.atan(x) }
}
