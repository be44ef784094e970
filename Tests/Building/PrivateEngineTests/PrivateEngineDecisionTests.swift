import CaissonBuildModel
import CaissonEngineDiscovery
import CaissonSystem
import Glibc
import Testing

@testable import CaissonPrivateEngine

@Suite("The decision to stop an idle engine")
struct IdleWatchTests {
    private let start = ContinuousClock().now

    @Test("it is stopped after a whole period without use, and not before")
    func stops() {
        var watch = IdleWatch(period: .seconds(10), now: start)
        #expect(watch.unusedAt(start + .seconds(9)) == .keepRunning)
        #expect(watch.unusedAt(start + .seconds(10)) == .stop)
    }

    @Test("use starts the period anew")
    func use() {
        var watch = IdleWatch(period: .seconds(10), now: start)
        watch.usedAt(start + .seconds(9))
        #expect(watch.idleSince == nil)
        #expect(watch.unusedAt(start + .seconds(100)) == .keepRunning)
        #expect(watch.unusedAt(start + .seconds(109)) == .keepRunning)
        #expect(watch.unusedAt(start + .seconds(110)) == .stop)
    }

    @Test("without a period it runs on")
    func never() {
        var watch = IdleWatch(period: nil, now: start)
        #expect(watch.unusedAt(start + .seconds(1_000_000)) == .keepRunning)
    }

    @Test("it looks often enough for short periods and rarely enough for long ones")
    func interval() {
        #expect(IdleWatch(period: .seconds(2), now: start).interval == .milliseconds(200))
        #expect(IdleWatch(period: .seconds(600), now: start).interval == .seconds(1))
        #expect(IdleWatch(period: .zero, now: start).interval == .milliseconds(20))
    }

    @Test(
        "periods are read",
        arguments: [
            ("10m", 600_000), ("1h30m", 5_400_000), ("2s", 2000), ("500ms", 500), ("7", 7000), ("0", 0), ("never", nil),
        ] as [(String, Int64?)]
    )
    func periods(text: String, milliseconds: Int64?) throws {
        #expect(try IdlePeriod.parse(text) == milliseconds.map { .milliseconds($0) })
    }

    @Test("what is no period is refused", arguments: ["", "m", "1x", "-1s", "1 s", "9999999999h", "1.5s", "٣s"])
    func badPeriods(text: String) {
        #expect(throws: EngineError.self) { try IdlePeriod.parse(text) }
    }
}

@Suite("The private engine's command")
struct EngineCommandTests {
    private let paths = StatePaths(root: "/s", userID: 0)

    private func command(_ version: String?, _ network: EngineCommand.Network = .none) -> EngineCommand {
        let engine = InstalledEngine(kind: .dockerd, executable: "/opt/d/dockerd", version: version)
        return EngineCommand(engine: engine, paths: paths, network: network)
    }

    @Test("only named variables reach the engine, with a fixed PATH")
    func environment() {
        let environment = command("26.1.5").environment([
            "PATH": "/tmp/evil", "AWS_SECRET_ACCESS_KEY": "x", "HTTPS_PROXY": "http://p", "HOME": "/root",
        ])
        #expect(
            environment == [
                "BUILDKIT_STEP_LOG_MAX_SIZE=-1", "BUILDKIT_STEP_LOG_MAX_SPEED=-1", "CAISSON_ENGINE_STATE=/s/engine",
                "HOME=/root", "HTTPS_PROXY=http://p",
                "PATH=/opt/d:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            ]
        )
    }

    // 20.10 prints "[output clipped, log limit -1B reached]" and nothing else when it is given -1.
    @Test("dockerd 20.10 gets the largest number where later ones take -1 for no limit")
    func logLimit() {
        #expect(command("20.10.24+dfsg1").environment([:]).contains("BUILDKIT_STEP_LOG_MAX_SIZE=2147483647"))
        #expect(command(nil).environment([:]).contains("BUILDKIT_STEP_LOG_MAX_SPEED=2147483647"))
        #expect(command("23.0.0").environment([:]).contains("BUILDKIT_STEP_LOG_MAX_SIZE=-1"))
    }

    @Test("a daemon of our own keeps out of the system's: directories, bridge, containerd's names")
    func arguments() {
        let arguments = command("20.10.24", .bridge("caisson0", mtu: nil)).arguments
        for wanted in ["/s/engine/data/dockerd", "/s/engine/exec", "unix:///s/engine/engine.sock", "caisson0"] {
            #expect(arguments.contains(wanted))
        }
        #expect(arguments.contains("--containerd-namespace"))
        #expect(!arguments.contains("--iptables=false"))
        #expect(command("20.10.24").arguments.contains("--ip6tables=false"))
        #expect(!command("19.03.8").arguments.contains("--ip6tables=false"))
    }

    @Test("of the system's daemon.json only registries and names are taken over")
    func configuration() {
        let system = #"""
            {"registry-mirrors": ["https://m"], "data-root": "/d", "hosts": ["tcp://x"], "dns": ["1.1.1.1"], "mtu": "big",
             "features": {"buildkit": false}}
            """#
        let text = String(decoding: command("20.10.1").configuration(system: Array(system.utf8)), as: UTF8.self)
        #expect(text.contains("registry-mirrors") && text.contains("1.1.1.1"))
        for unwanted in ["data-root", "hosts", "mtu", "features"] { #expect(!text.contains(unwanted)) }
        let modern = command("26.1.5", .bridge("b", mtu: 1400)).configuration(system: Array("{".utf8))
        let words = String(decoding: modern, as: UTF8.self)
        #expect(words.contains("containerd-snapshotter") && words.contains("1400"))
    }

    @Test(
        "versions are read from what the programs print",
        arguments: [
            ("Docker version 20.10.24+dfsg1, build 5d6db84", "20.10.24+dfsg1"),
            ("buildkitd github.com/moby/buildkit v0.12.5 bac3f2b", "0.12.5"), ("nothing", nil),
        ] as [(String, String?)]
    )
    func versions(line: String, version: String?) {
        #expect(InstalledEngine.version(in: line) == version)
    }

    @Test("a long state directory has its sockets elsewhere, and each its own place")
    func longPaths() {
        let long = "/s/" + String(repeating: "x", count: 200)
        let (one, two) = (StatePaths(root: long + "1", userID: 0), StatePaths(root: long + "2", userID: 0))
        #expect(one.socket.utf8.count <= 107 - 20)
        #expect(one.runtime.hasPrefix("/run/caisson-"))
        #expect(one.runtime != two.runtime)
        #expect(paths.runtime == "/s/engine")
        #expect(Bridge(paths).name.utf8.count == 15)
        // Podman refuses a longer path for its run-time state, whatever sockets allow.
        for length in [1, 30, 43, 44, 60, 200] {
            let root = "/" + String(repeating: "x", count: length - 1)
            #expect(StatePaths(root: root, userID: 0).podmanRun.utf8.count <= 50)
        }
        #expect(paths.podmanRun == "/s/engine/exec/podman")
    }
}

@Suite("What is read from the kernel")
struct KernelTextTests {
    @Test("a free subnet meets no route and no name server")
    func subnet() {
        let text = """
            Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
            eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
            eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
            br0\t0000FFAC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
            junk
            """
        let routes = BridgeSubnet.routes(in: text)
        #expect(routes.map(\.interface) == ["eth0", "eth0", "br0"])
        #expect(routes.map(\.isDefault) == [true, false, false])
        #expect(routes[1].destination == 0xc000_0200)
        #expect(BridgeSubnet.choose(routes: routes, nameServers: [])?.description == "172.31.255.0/24")
        let taken = BridgeSubnet.Route(destination: 0xac10_0000, mask: 0xfff0_0000, interface: "vpn")
        #expect(BridgeSubnet.choose(routes: [taken], nameServers: [])?.description == "10.231.200.0/24")
        // A host route inside a candidate takes the candidate.
        let host = BridgeSubnet.Route(destination: 0xac1f_ff07, mask: 0xffff_ffff, interface: "vpn")
        #expect(BridgeSubnet.choose(routes: [host], nameServers: [])?.description == "172.31.254.0/24")
        let servers = BridgeSubnet.nameServers(in: "# x\nnameserver 172.31.255.53\nnameserver ::1\nnameserver\n")
        #expect(servers == [0xac1f_ff35])
        #expect(BridgeSubnet.choose(routes: [], nameServers: servers)?.description == "172.31.254.0/24")
        let all = BridgeSubnet.Route(destination: 0, mask: 0x8000_0000, interface: "vpn")
        let rest = BridgeSubnet.Route(destination: 0x8000_0000, mask: 0x8000_0000, interface: "vpn")
        #expect(BridgeSubnet.choose(routes: [all, rest], nameServers: []) == nil)
    }

    @Test("only rules that name our bridge are taken back")
    func rules() {
        let listing = """
            -P FORWARD DROP
            -N DOCKER
            -A FORWARD -o caissonx -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            -A FORWARD -o caissonx2 -j ACCEPT
            -A FORWARD -o docker0 -j DOCKER
            -A X -i caissonx -m comment --comment "a b" -j ACCEPT
            -A POSTROUTING -s 172.31.255.0/24 ! -o caissonx -j MASQUERADE
            """
        #expect(
            BridgeRules.deletions(in: listing, bridge: "caissonx").map { $0.joined(separator: " ") } == [
                "-D FORWARD -o caissonx -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
                "-D POSTROUTING -s 172.31.255.0/24 ! -o caissonx -j MASQUERADE",
            ]
        )
    }

    @Test("connections are the accepted ends of exactly our socket")
    func connections() {
        let listing = """
            Num       RefCount Protocol Flags    Type St Inode Path
            0000000000000001: 00000002 00000000 00010000 0001 01 1 /s/engine.sock
            0000000000000002: 00000003 00000000 00000000 0001 03 2 /s/engine.sock
            0000000000000003: 00000003 00000000 00000000 0001 03 3 /s/engine.sock
            0000000000000004: 00000003 00000000 00000000 0001 03 4 /x/s/engine.sock
            0000000000000005: 00000003 00000000 00000000 0001 03 5
            0000000000000006: 00000003 00000000 00000000 0001 03 6 /a b/engine.sock
            """
        let bytes = Array(listing.utf8)
        #expect(SocketUse.connections(to: "/s/engine.sock", in: bytes) == 2)
        #expect(SocketUse.connections(to: "/a b/engine.sock", in: bytes) == 1)
        #expect(SocketUse.connections(to: "/s/other.sock", in: bytes) == 0)
    }

    @Test("a process's start time is found behind any name, and a zombie has none")
    func startTime() {
        let fields = (4...25).map(String.init).joined(separator: " ")
        #expect(ProcessTable.startTime(inStat: "1 (a) b (c) S \(fields)") == 22)
        #expect(ProcessTable.startTime(inStat: "1 (a) Z \(fields)") == nil)
        #expect(ProcessTable.startTime(inStat: "1 (a") == nil)
        #expect(ProcessTable.startTime(inStat: "1 (a) S 1 2") == nil)
    }

    @Test("mounts in our directories are found, the last one first, with odd names")
    func mounts() {
        let listing = #"""
            1 0 0:1 / / rw - ext4 /dev/x rw
            2 1 0:2 / /s/data/one rw shared:1 - overlay overlay rw
            3 1 0:2 / /s/data/one/t\040wo rw - overlay overlay rw
            4 1 0:2 / /s/database rw - overlay overlay rw
            """#
        #expect(
            EngineRemains.mountPoints(in: listing, under: ["/s/data"]) == ["/s/data/one/t wo", "/s/data/one"]
        )
    }

    @Test("a step is ours by the directories that its root is made of")
    func steps() {
        let remains = EngineRemains(paths: StatePaths(root: "/s", userID: 0))
        let overlay = "9 8 0:7 / / rw - overlay overlay rw,lowerdir=/x,upperdir=/s/engine/data/dockerd/1/fs,workdir=/w"
        #expect(remains.isStep(rootMount: overlay[...]))
        #expect(!remains.isStep(rootMount: overlay.replacing("/s/engine", with: "/s2/engine")[...]))
        // The directory of a copied layer must be there: other file systems may have one of the same name.
        #expect(!remains.isStep(rootMount: "9 8 0:7 /s/engine/data/podman/vfs/dir/no-such / rw - tmpfs tmpfs rw"))
        #expect(!remains.isStep(rootMount: "9 8 0:7 / / rw - ext4 /dev/sda1 rw"))
        #expect(!remains.isStep(rootMount: ""))
    }

    @Test("processes are ours by program and directory, not by either alone")
    func processes() {
        let remains = EngineRemains(paths: StatePaths(root: "/s", userID: 0))
        #expect(remains.isEngine(["dockerd", "--data-root", "/s/engine/data/dockerd"]))
        #expect(
            remains.isEngine([
                "/usr/bin/containerd-shim-runc-v2", "-address", "/s/engine/exec/containerd/containerd.sock",
            ])
        )
        #expect(!remains.isEngine(["dockerd", "--data-root", "/s2/engine/data/dockerd"]))
        #expect(!remains.isEngine(["tail", "-f", "/s/engine/data/x"]))
        #expect(!remains.isEngine(["dockerd", "--data-root", "/s/engine/database"]))
        #expect(!remains.isEngine([]))
    }
}

@Suite struct EngineIntroductionTests {
    private func record(_ kind: EngineKind, idle: Double?) throws -> EngineRecord {
        let own = try #require(ProcessIdentity(pid: getpid()))
        var record = EngineRecord(
            phase: .running,
            kind: kind,
            executable: "/x",
            version: "1.2",
            supervisor: own,
            started: 0
        )
        record.idlePeriod = idle
        return record
    }

    @Test(
        arguments: [
            (600, "until unused for 10 minutes"), (60, "for 1 minute;"), (3600, "for 1 hour;"),
            (90, "for 90 seconds;"),
            (1, "for 1 second;"), (0, "for 0 seconds;"), (nil, "until ‘caisson builder stop’;"),
            (.infinity, "seconds;"),
        ] as [(Double?, String)]
    )
    func `it says how long the engine stays`(idle: Double?, words: String) throws {
        let said = try record(.dockerd, idle: idle).introduction(address: "unix:///a/b")
        #expect(said.hasPrefix("no engine runs here, so a private one was started: dockerd 1.2 at unix:///a/b, "))
        #expect(said.contains(words), "\(said)")
    }

    @Test func `it says how its images are reached`() throws {
        let address = "unix:///a/b"
        #expect(
            try record(.dockerd, idle: 1).introduction(address: address).hasSuffix("‘docker -H unix:///a/b run IMAGE’")
        )
        #expect(
            try record(.podman, idle: 1).introduction(address: address).hasSuffix(
                "‘podman --url unix:///a/b run IMAGE’"
            )
        )
        #expect(try record(.buildkitd, idle: 1).introduction(address: address).contains("no images"))
    }
}
