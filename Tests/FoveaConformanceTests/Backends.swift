import FoveaCompiler
import FoveaOneDNN
import FoveaReference

/// The backends that must agree with the reference kernels in `Double`; the reference backend computes in `Float`.
let backends: [any Backend] = [ReferenceBackend(), OneDNNBackend()]
