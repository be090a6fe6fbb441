import FoveaLessons
import Testing

/// The page of a row, computed.
func page(_ id: String) throws -> LessonPage { try Curriculum.lesson(id).page() }

/// Whether two lists of numbers agree to `tolerance`.
func isClose(_ a: [Double]?, _ b: [Double], _ tolerance: Double = 1e-6) -> Bool {
  guard let a, a.count == b.count else { return false }
  return zip(a, b).allSatisfy { abs($0 - $1) <= tolerance }
}

/// The first row of numbers called `name`.
func row(_ page: LessonPage, _ name: String) -> [Double]? { page.rows(name)?.first }
