internal import FoundationEssentials
internal import Glibc

/// Starts the command again with a bound on how long idle threads of the kernels' pool spin, unless the user set one.
///
/// By default libgomp's threads spin for milliseconds before they sleep. On a machine that has other work, such as
/// decoding pictures, the spinning takes processors away from it: training LeNet-5 beside two busy processes was 4.4
/// times faster with the bound. libgomp reads its settings when it is loaded, before `main`, hence the second start.
func limitSpinning() {
  guard getenv("GOMP_SPINCOUNT") == nil, getenv("OMP_WAIT_POLICY") == nil else { return }
  setenv("GOMP_SPINCOUNT", "2000", 1)
  // By its own path, so that the process keeps its name.
  guard let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else { return }
  // On success this does not return; if it fails, the command runs all the same.
  execv(path, CommandLine.unsafeArgv)
}
