import CaissonText
import CaissonSystem
import CaissonBuildModel
import Glibc
import CaissonHTTPClient

/// One way to reach a registry: the address of its API.
struct RegistryBase: Sendable, Hashable {
    /// The peer, with TLS or without.
    var endpoint: Endpoint
    /// What comes before `/v2/` in paths; empty for most registries.
    var prefix: String
    /// The host and port by which it is known.
    var name: String
    /// Whether credentials may be sent to it without TLS.
    var allowsPlain: Bool

    /// Whether it is reached with TLS.
    var isTLS: Bool { if case .tcp(_, _, .some) = endpoint { true } else { false } }

    /// The ways to reach a registry, the best first.
    static func all(of host: String, _ options: RegistryOptions) throws(RegistryError) -> [RegistryBase] {
        // The host of Docker Hub's API isn't the one in the names of its images.
        let name = host == "docker.io" ? "registry-1.docker.io" : host
        guard let authority = Authority(name) else {
            throw RegistryError(.invalid, "\(host.quoted) is no registry's host and port")
        }
        let insecure = options.isInsecure(host)
        var tls = try CertificateFolder.options(for: host, in: options.certificateFolders)
        tls.verify = !insecure
        func base(_ port: UInt16, _ tls: TLSOptions?) -> RegistryBase {
            let endpoint = Endpoint.tcp(host: authority.host, port: authority.port ?? port, tls: tls)
            return RegistryBase(endpoint: endpoint, prefix: "", name: host, allowsPlain: insecure)
        }
        return [base(443, tls)] + (insecure ? [base(80, nil)] : [])
    }

    /// The ways to reach a mirror, which is named by host or URL.
    static func all(ofMirror mirror: String, _ options: RegistryOptions) throws(RegistryError) -> [RegistryBase] {
        guard mirror.contains("://") else { return try all(of: mirror, options) }
        guard let url = Location(mirror) else { throw RegistryError(.invalid, "\(mirror.quoted) is no mirror's URL") }
        let insecure = url.scheme == "http" || options.isInsecure(url.authority)
        var tls: TLSOptions?
        if url.scheme == "https" {
            var options = try CertificateFolder.options(for: url.authority, in: options.certificateFolders)
            options.verify = !insecure
            tls = options
        }
        var prefix = url.target
        while prefix.hasSuffix("/") { prefix.removeLast() }
        if prefix.hasSuffix("/v2") { prefix = String(prefix.dropLast(3)) }
        let endpoint = Endpoint.tcp(host: url.host, port: url.port, tls: tls)
        return [RegistryBase(endpoint: endpoint, prefix: prefix, name: url.authority, allowsPlain: insecure)]
    }
}

/// The certificates for a registry in docker's layout: `HOST:PORT/*.crt`, and `*.cert` with a `*.key`.
enum CertificateFolder {
    /// The TLS options of the first folder that has something for this registry.
    static func options(for host: String, in folders: [String]) throws(RegistryError) -> TLSOptions {
        guard !host.utf8.contains(UInt8(ascii: "/")), host != ".", host != ".." else { return TLSOptions() }
        for folder in folders {
            let path = folder + "/" + host
            let names = names(in: path)
            guard !names.isEmpty else { continue }
            var options = TLSOptions()
            let authorities = names.filter { $0.hasSuffix(".crt") }.map { path + "/" + $0 }
            options.authorityFile = try authorities.count > 1 ? merged(authorities) : authorities.first
            if let certificate = names.first(where: { $0.hasSuffix(".cert") }) {
                let key = certificate.dropLast(5) + ".key"
                guard names.contains(String(key)) else {
                    throw RegistryError(.configuration, "\(path)/\(certificate) has no \(key) beside it; add its key")
                }
                options.certificateFile = path + "/" + certificate
                options.keyFile = path + "/" + key
            }
            return options
        }
        return TLSOptions()
    }

    private static func names(in path: String) -> [String] {
        DirectoryNames.sorted(in: path, limit: 1000) { name in
            name.hasSuffix(".crt") || name.hasSuffix(".cert") || name.hasSuffix(".key")
        }
    }

    /// One file with the content of several, because libcurl takes only one; it has no name and ends with the process.
    private static func merged(_ paths: [String]) throws(RegistryError) -> String {
        var all: [UInt8] = []
        for path in paths {
            do {
                all += try BoundedFile.read(path) + [0x0A]
            } catch {
                throw RegistryError(.configuration, "\(path) \(error.explanation); repair it")
            }
        }
        let descriptor = try NamelessFile.open(in: "/tmp")
        do throws(RegistryError) {
            try NamelessFile.write(all, to: descriptor, in: "/tmp")
        } catch {
            close(descriptor)
            throw error
        }
        return "/proc/self/fd/\(descriptor)"
    }
}
