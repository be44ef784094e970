import CaissonBuildModel
import Testing

@Suite("Platforms")
struct PlatformParsingTests {
    @Test(
        "A platform is normalised",
        arguments: [
            ("linux/amd64", "linux/amd64"), ("linux/x86_64", "linux/amd64"), ("Linux/X86-64", "linux/amd64"),
            ("linux/amd64/v1", "linux/amd64"), ("linux/amd64/v3", "linux/amd64/v3"), ("linux/aarch64", "linux/arm64"),
            ("linux/arm64/v8", "linux/arm64"), ("linux/arm64/8", "linux/arm64"), ("linux/arm64/v9.0", "linux/arm64/v9"),
            ("linux/arm", "linux/arm/v7"), ("linux/arm/6", "linux/arm/v6"), ("linux/armhf", "linux/arm/v7"),
            ("linux/armel", "linux/arm/v6"), ("linux/i386", "linux/386"), ("arm64", "linux/arm64"),
            ("riscv64", "linux/riscv64"), ("windows/amd64", "windows/amd64"),
            ("windows(10.0.17763)/amd64", "windows(10.0.17763)/amd64"),
            ("Windows(10.0.1+Win32k)/AMD64", "windows(10.0.1+win32k)/amd64"),
            ("windows()/amd64", "windows/amd64"), ("linux(5)", "linux(5)/amd64"),
            ("macos/arm64", "darwin/arm64"),
            (" linux/s390x ", "linux/s390x"),
        ]
    )
    func good(text: String, normal: String) throws {
        let platform = try Platform(parsing: text)
        #expect(platform.description == normal)
        #expect(try Platform(parsing: normal) == platform)
    }

    @Test("This machine's platform stands in for what is missing", arguments: ["local", "LOCAL", "linux"])
    func host(text: String) throws {
        #expect(try Platform(parsing: text) == .host)
        #expect(try Platform(parsing: Platform.host.description) == .host)
    }

    @Test(
        "An unknown platform is refused, with the nearest name where there is one",
        arguments: [
            ("", "it is empty"), ("linux/", "one to three names"), ("/amd64", "one to three names"),
            ("linux/amd64/v1/x", "one to three names"), ("linux/*", "one to three names"),
            ("linux/amd46", "did you mean amd64?"), ("linx/amd64", "did you mean linux?"),
            ("windows(10.0/amd64", "in parentheses"), ("windows(a b)/amd64", "in parentheses"),
            ("(1)", "one to three names"),
            ("linux/amd64(1)", "one to three names"), ("amd64(1)", "unknown operating system"),
            ("linux/arm/v9", "v5, v6, v7 and v8"), ("foo", "unknown"),
        ]
    )
    func bad(text: String, problem: String) {
        let error = #expect(throws: ParseError.self) { try Platform(parsing: text) }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }

    @Test("A comma list names each platform once")
    func list() throws {
        let list = try Platform.list(parsing: "linux/amd64,linux/arm64,linux/x86_64")
        #expect(list.map(\.description) == ["linux/amd64", "linux/arm64"])
        #expect(throws: ParseError.self) { try Platform.list(parsing: "linux/amd64,") }
    }
}
