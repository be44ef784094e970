import CaissonArchive
import Glibc

// libFuzzer brings the `main` and calls these two (https://llvm.org/docs/LibFuzzer.html). Which parser gets the bytes
// stands in the environment, as all arguments are libFuzzer's.

private let targets: [String: @Sendable ([UInt8]) -> Void] = [
    "ignore": fuzzIgnore, "tar": fuzzTar, "httphead": fuzzHTTPHead, "dockerfile": fuzzDockerfile, "shell": fuzzShell,
    "fix": fuzzFix, "yaml": fuzzYAML, "toml": fuzzTOML, "lsp": fuzzEditor,
    "hcl": fuzzHCL, "compose": fuzzCompose, "manifest": fuzzManifest,
]

private let target: (@Sendable ([UInt8]) -> Void)? = getenv("CAISSON_FUZZ_TARGET").flatMap {
    targets[String(cString: $0)]
}

/// Says what is missing before the first input.
@_cdecl("LLVMFuzzerInitialize")
public func initializeFuzzing(_: UnsafePointer<CInt>, _: UnsafeRawPointer) -> CInt {
    do {
        try ArchiveLibrary.check(named: "libarchive.so.13")
    } catch {
        print("the target tar finds nothing here: \(error)")
    }
    guard target != nil else {
        print("CAISSON_FUZZ_TARGET must be one of \(targets.keys.sorted().joined(separator: ", "))")
        exit(2)
    }
    return 0
}

/// Gives one input to the parser.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target?(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
