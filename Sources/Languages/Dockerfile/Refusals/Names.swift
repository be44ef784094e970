import CaissonText

/// Names of images and platforms, as BuildKit reads them.
enum Names {
    /// Why a text is no image's name: `[host[:port]/]path[:tag][@digest]`.
    static func complaint(ofImage text: String) -> String? {
        let message = "failed to parse stage name \(quoted(text)): invalid reference format"
        if text.utf8.count == 64, text.utf8.allSatisfy({ $0.isHexDigit && !$0.isUppercase }) {
            return "\(message): a name can't be 64 hexadecimal digits"
        }
        let (domain, remainder) = split(text)
        let (named, digest) = remainder.cut(at: "@") ?? (remainder, nil)
        let (path, tag) = named.cut(at: ":") ?? (named, nil)
        if path.lowercased() != path { return "\(message): repository name (\(path)) must be lowercase" }
        guard isDomain(domain), !path.isEmpty, path.utf8.count + domain.utf8.count < 255,
            path.pieces(at: "/").allSatisfy(isPathComponent)
        else { return message }
        if let tag, !isTag(tag) { return message }
        return digest.flatMap { Values.complaint(ofDigest: $0) == nil ? nil : message }
    }

    private static func split(_ text: String) -> (domain: String, remainder: String) {
        var (domain, remainder) = ("docker.io", text)
        if let (head, tail) = text.cut(at: "/") {
            let isHost = head.utf8.contains { $0 == 0x2E || $0 == 0x3A } || head.hasUppercaseASCII
            if isHost || head == "localhost" { (domain, remainder) = (head, tail) }
        }
        if domain == "index.docker.io" { domain = "docker.io" }
        let isShort = domain == "docker.io" && !remainder.utf8.contains(0x2F)
        return (domain, isShort ? "library/" + remainder : remainder)
    }

    private static func isDomain(_ text: String) -> Bool {
        var host = text
        if text.hasPrefix("[") {
            guard let (address, rest) = String(text.dropFirst()).cut(at: "]") else { return false }
            let isAddress = !address.isEmpty && address.utf8.allSatisfy { $0.isHexDigit || $0 == 0x3A }
            return isAddress && (rest.isEmpty || (rest.hasPrefix(":") && isDigits(String(rest.dropFirst()))))
        }
        if let (head, port) = text.cut(at: ":") {
            guard isDigits(port) else { return false }
            host = head
        }
        return host.pieces(at: ".").allSatisfy { label in
            guard let first = label.utf8.first, let last = label.utf8.last else { return false }
            return first.isAlphanumeric && last.isAlphanumeric
                && label.utf8.allSatisfy { $0.isAlphanumeric || $0 == 0x2D }
        }
    }

    private static func isDigits(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy(\.isDigit) }

    /// `[a-z0-9]+` with `.`, `_`, `__` or any number of `-` between.
    static func isPathComponent(_ text: String) -> Bool {
        let isWord = { (byte: UInt8) in byte.isDigit || byte.isLowercase }
        var rest = text.utf8[...]
        while true {
            let word = rest.prefix(while: isWord)
            rest = rest.dropFirst(word.count)
            if word.isEmpty || rest.isEmpty { return !word.isEmpty }
            let separator = rest.prefix { !isWord($0) }
            rest = rest.dropFirst(separator.count)
            let isFine =
                separator.allSatisfy { $0 == 0x2D } || separator.elementsEqual([0x2E])
                || (separator.count < 3 && separator.allSatisfy { $0 == 0x5F })
            guard isFine else { return false }
        }
    }

    private static func isTag(_ tag: String) -> Bool {
        guard let first = tag.utf8.first, Ascii.isNameByte(first), tag.utf8.count <= 128 else { return false }
        return tag.utf8.allSatisfy { Ascii.isNameByte($0) || $0 == 0x2E || $0 == 0x2D }
    }

    /// Why a text is no platform: `os[/architecture[/variant]]`, or an architecture.
    static func complaint(ofPlatform text: String) -> String? {
        let parts = text.pieces(at: "/")
        let message = "failed to parse platform \(quoted(text))"
        guard let first = parts.first, let system = operatingSystem(first) else {
            return "\(message): \(quoted(parts.first ?? "")) is no operating system"
        }
        for part in parts.dropFirst() where part.isEmpty || !part.utf8.allSatisfy(isPlatformByte) {
            return "\(message): \(quoted(part)) is no part of a platform"
        }
        if parts.count > 3 { return "\(message): it has more parts than os/architecture/variant" }
        if parts.count == 1, !systems.contains(system), !architectures.contains(first.lowercased()) {
            return "\(message): unknown operating system or architecture"
        }
        return nil
    }

    private static func isPlatformByte(_ byte: UInt8) -> Bool {
        Ascii.isNameByte(byte) || byte == 0x2E || byte == 0x2D
    }

    /// The name before `(version)`, in small letters.
    private static func operatingSystem(_ text: String) -> String? {
        var name = text
        if let (head, tail) = text.cut(at: "(") {
            guard tail.hasSuffix(")"),
                tail.dropLast().utf8.allSatisfy({ isPlatformByte($0) || $0 == 0x25 || $0 == 0x2B })
            else { return nil }
            name = head
        }
        guard !name.isEmpty, name.utf8.allSatisfy({ Ascii.isNameByte($0) || $0 == 0x2D }) else { return nil }
        let lower = name.lowercased()
        return lower == "macos" ? "darwin" : lower
    }

    private static let systems = words(
        """
        aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris windows zos
        """
    )

    private static let architectures = words(
        """
        386 amd64 amd64p32 arm armbe arm64 arm64be ppc64 ppc64le loong64 mips mipsle mips64 mips64le mips64p32 \
        mips64p32le ppc riscv riscv64 s390 s390x sparc sparc64 wasm i386 x86_64 x86-64 aarch64 armhf armel
        """
    )

    private static func words(_ text: String) -> Set<String> {
        Set(text.split { $0 == " " || $0 == "\n" }.map(String.init))
    }
}
