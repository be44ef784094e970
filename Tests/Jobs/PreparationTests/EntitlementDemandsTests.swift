import CaissonBuildModel
import Glibc
import Testing

@testable import CaissonPreparation

@Suite("What a definition is asked about")
struct EntitlementDemandsTests {
    /// A build that wants something, and what it is.
    struct Row: Sendable, CustomTestStringConvertible {
        var grant: String
        var purpose: String
        var change: @Sendable (inout BuildRequest) throws -> Void

        var testDescription: String { grant }

        init(_ grant: String, _ purpose: String, _ change: @escaping @Sendable (inout BuildRequest) throws -> Void) {
            (self.grant, self.purpose, self.change) = (grant, purpose, change)
        }
    }

    /// The `--allow` values that the builds need.
    private static func demands(
        _ requests: [BuildRequest],
        granted: [String] = [],
        overrides: [String] = [],
        looksAtFiles: Bool = true
    ) throws -> [EntitlementDemands.Demand] {
        let nodes = requests.enumerated().map { BuildPlan.Node("t\($0)", $1) }
        return EntitlementDemands(
            of: BuildPlan(nodes),
            granted: try EntitlementGrants(granted),
            overrides: overrides,
            looksAtFiles: looksAtFiles
        ).all
    }

    private static func request(_ change: (inout BuildRequest) throws -> Void) rethrows -> BuildRequest {
        var request = BuildRequest(context: .directory("."), dockerfile: .file("Dockerfile"))
        try change(&request)
        return request
    }

    private static let powers: [Row] = [
        Row("network.host", "run steps with the host's network") {
            $0.entitlements = [try Entitlement(parsing: "network.host")]
        },
        Row("security.insecure", "run privileged steps, which can change this machine") {
            $0.entitlements = [try Entitlement(parsing: "security.insecure")]
        },
        Row("device", "give devices to steps") { $0.entitlements = [try Entitlement(parsing: "device")] },
        Row("device=v/gpu=0", "give the device v/gpu=0 to steps") {
            $0.entitlements = [try Entitlement(parsing: "device=v/gpu=0,optional")]
        },
        Row("ssh", "use your SSH agent") { $0.ssh = [SSHSpec()] },
        Row("buildx.local.delete", "delete files in output directories that the result doesn't have") {
            $0.exports = [.local(directory: "out", attributes: ["mode": "delete"])]
        },
    ]

    private static let files: [Row] = [
        Row("fs.read=/etc", "read /etc") { $0.context = .directory("/etc") },
        Row("fs.read=/etc/hosts", "read /etc/hosts") { $0.dockerfile = .file("/etc/hosts") },
        Row("fs.read=/etc/hosts", "read /etc/hosts") { $0.contexts = ["a": .directory("/etc/../etc/hosts")] },
        Row("fs.read=/etc", "read /etc") { $0.contexts = ["a": .layout(path: "/etc", tag: nil, digest: nil)] },
        Row("fs.read=/etc", "read /etc") { $0.caches.sources = [CacheSpec(kind: .local, attributes: ["src": "/etc"])] },
        Row("fs.read=/etc/hosts", "read /etc/hosts") {
            $0.secrets = [SecretSpec(id: "a", source: .file("/etc/hosts"))]
        },
        Row("fs.read=/etc/hosts", "read /etc/hosts") { $0.secrets = [SecretSpec(id: "/etc/hosts")] },
        Row("fs.read=/etc/hosts", "read /etc/hosts") { $0.ssh = [SSHSpec(paths: ["/etc/hosts"])] },
        Row("fs.write=/etc/caisson", "write /etc/caisson") {
            $0.caches.destinations = [CacheSpec(kind: .local, attributes: ["dest": "/etc/caisson"])]
        },
        Row("fs.write=/etc/no/thing", "write /etc/no/thing") {
            $0.exports = [.local(directory: "/etc/no/./thing/", attributes: [:])]
        },
        Row("fs.write=/etc/o.tar", "write /etc/o.tar") { $0.exports = [.oci(.path("/etc/o.tar"), attributes: [:])] },
        Row("fs=/etc", "read and write /etc") {
            $0.context = .directory("/etc")
            $0.dockerfile = .file("/etc/Dockerfile")
            $0.exports = [.tar(.standardOutput, attributes: [:]), .local(directory: "/etc", attributes: [:])]
        },
    ]

    @Test("Each power is asked for, and given by its grant", arguments: powers)
    func power(row: Row) throws {
        let request = try Self.request(row.change)
        let demand = EntitlementDemands.Demand(purpose: row.purpose, grant: row.grant)
        #expect(try Self.demands([request, request]) == [demand])
        #expect(try Self.demands([request], granted: [row.grant]).isEmpty)
        #expect(try Self.demands([request], granted: ["fs=*"]) == [demand])
        #expect(try Self.demands([request], looksAtFiles: false) == (row.grant == "ssh" ? [] : [demand]))
    }

    @Test("Each path elsewhere is asked for, and given by its grant", arguments: files)
    func file(row: Row) throws {
        let request = try Self.request(row.change)
        #expect(try Self.demands([request]) == [EntitlementDemands.Demand(purpose: row.purpose, grant: row.grant)])
        #expect(try Self.demands([request], granted: [row.grant]).isEmpty)
        #expect(try Self.demands([request], granted: ["fs=*"]).isEmpty)
        #expect(try Self.demands([request], granted: ["fs=/"]).isEmpty)
        #expect(try Self.demands([request], granted: ["fs=/et", "fs=/etcetera", "ssh"]).count == 1)
        #expect(try Self.demands([request], looksAtFiles: false).isEmpty)
    }

    @Test("What the working directory has, and what isn't of this machine, needs no grant")
    func harmless() throws {
        let request = try Self.request {
            $0.contexts = [
                "a": .directory("sub"), "b": .remote("https://a.example/x.git"), "c": .target("t"),
                "d": .image(try ImageReference(parsing: "alpine")),
            ]
            $0.caches.sources = [CacheSpec(kind: .local, attributes: ["src": "c"])]
            $0.caches.destinations = [CacheSpec(kind: .registry, attributes: ["ref": "r.example/c"])]
            $0.secrets = [SecretSpec(id: "a"), SecretSpec(id: "b", source: .environment("/etc/hosts"))]
            $0.exports = [
                .local(directory: "new/deep/out", attributes: [:]), .cacheOnly, .docker(nil, attributes: [:]),
            ]
            $0.ssh = [SSHSpec(paths: ["key"])]
        }
        #expect(try Self.demands([request]).isEmpty)
        let elsewhere = BuildRequest(context: .remote("https://a.example/x.git"), dockerfile: .text([]))
        #expect(try Self.demands([elsewhere]).isEmpty)
    }

    @Test("A granted device isn't every device, but every device is each")
    func devices() throws {
        let one = try Self.request { $0.entitlements = [try Entitlement(parsing: "device=gpu")] }
        let all = try Self.request { $0.entitlements = [try Entitlement(parsing: "device")] }
        #expect(try Self.demands([one], granted: ["device"]).isEmpty)
        #expect(try Self.demands([one], granted: ["device=npu"]).map(\.grant) == ["device=gpu"])
        #expect(try Self.demands([all], granted: ["device=gpu"]).map(\.grant) == ["device"])
        #expect(try Self.demands([one, all]).map(\.grant) == ["device", "device=gpu"])
    }

    @Test("A path within another that is asked for isn't asked for itself; files come last")
    func folded() throws {
        let request = Self.request {
            $0.context = .directory("/etc")
            $0.dockerfile = .file("/etc/app/Dockerfile")
            $0.contexts = ["a": .directory("/etcetera"), "b": .directory("/etc/app")]
            $0.exports = [.local(directory: "/etc/app", attributes: [:])]
            $0.ssh = [SSHSpec()]
        }
        #expect(
            try Self.demands([request]).map(\.grant) == [
                "ssh", "fs.read=/etc", "fs.write=/etc/app", "fs.read=/etcetera",
            ]
        )
        #expect(
            try Self.demands([request], granted: ["fs.read=/etc", "ssh"]).map(\.grant) == [
                "fs.write=/etc/app", "fs.read=/etcetera",
            ]
        )
    }

    @Test("Links count as what they lead to, also where nothing is there yet")
    func links() async throws {
        try await withTemporaryDirectory { path in
            let real = try #require(realpath(path, nil))
            defer { free(real) }
            let root = String(cString: real)
            mkdir("\(path)/dir", 0o755)
            symlink("dir", "\(path)/link")
            symlink("../other/new", "\(path)/dir/dangling")
            symlink("/etc/none", "\(path)/away")
            symlink("loop", "\(path)/loop")
            func write(_ name: String) throws -> [String] {
                try Self.demands([Self.request { $0.exports = [.local(directory: "\(path)/\(name)", attributes: [:])] }]
                )
                .map { String($0.grant.dropFirst("fs.write=".count)) }
            }
            #expect(try write("link") == ["\(root)/dir"])
            #expect(try write("link/new//deep/") == ["\(root)/dir/new/deep"])
            #expect(try write("link/dangling") == ["\(root)/other/new"])
            #expect(try write("dir/dangling/./sub") == ["\(root)/other/new/sub"])
            #expect(try write("away") == ["/etc/none"])
            #expect(try write("away/") == ["/etc/none"])
            #expect(try write("loop") == ["\(root)/loop"])
            #expect(try write("none/../../x") == ["\(path)/none/../../x"])
            let request = Self.request { $0.context = .directory("\(path)/link/sub") }
            #expect(try Self.demands([request], granted: ["fs.read=\(path)/dir"]).isEmpty)
            #expect(try Self.demands([request], granted: ["fs.read=\(path)/link/"]).isEmpty)
            #expect(try Self.demands([request], granted: ["fs.read=\(path)/di"]).count == 1)
        }
    }

    private static let own: [(override: String, row: Row)] = [
        ("*.entitlements=network.host", powers[0]), ("t.network=host", powers[0]),
        ("*.entitlements+=security.insecure", powers[1]), ("*.entitlements=device", powers[2]),
        ("*.entitlements=device=v/gpu=0", powers[3]), ("*.ssh=default", powers[4]), ("*.ssh+=default", powers[4]),
        ("t.context=/etc", files[0]), ("t.context=/etc/", files[0]), ("t.dockerfile=/etc/hosts", files[1]),
        ("t.contexts.a=/etc/hosts", files[2]), ("t.contexts.a=/etc", files[2]),
        ("*.cache-from=type=local,src=/etc", files[4]), ("*.secrets=id=a,src=/etc/hosts", files[5]),
        ("*.secrets+=type=file,id=a,source=/etc/hosts", files[5]), ("*.secret.a=src=/etc/hosts", files[5]),
        ("*.ssh=default=key,/etc/hosts", files[7]), ("*.cache-to=type=local,dest=/etc/caisson", files[8]),
        ("*.output=type=local,dest=/etc/no/thing", files[9]), ("*.output=/etc/no", files[9]),
        ("*.output+=type=oci,dest=/etc/o.tar", files[10]),
    ]

    @Test("What --set gives is the user's own", arguments: own)
    func overrides(row: (override: String, row: Row)) throws {
        #expect(try Self.demands([Self.request(row.row.change)], overrides: [row.override]).isEmpty)
    }

    private static let foreign: [(override: String, row: Row)] = [
        ("*.args.A=/etc", files[0]), ("*.args.A=network.host", powers[0]), ("*.output=*", files[9]),
        ("*.context=*", files[0]), ("*.output=/etc", files[0]), ("*.context=/etc", files[9]),
        ("*.labels.a=src=/etc", files[0]), ("*.context=", files[0]), ("*.output=type=local,dest=", files[9]),
        ("*.network=none", powers[0]), ("*.cache-to=type=local,dest=/etc", files[0]), ("/etc", files[0]),
    ]

    @Test("An override grants nothing but the paths that it has as such", arguments: foreign)
    func otherOverrides(row: (override: String, row: Row)) throws {
        #expect(try Self.demands([Self.request(row.row.change)], overrides: [row.override]).count == 1)
    }

    @Test("A Dockerfile within a context of the user's own is the user's own")
    func ownDockerfile() throws {
        let request = Self.request {
            $0.context = .directory("/etc")
            $0.dockerfile = .file("/etc/Dockerfile")
        }
        #expect(try Self.demands([request], overrides: ["t.context=/etc"]).isEmpty)
    }
}
