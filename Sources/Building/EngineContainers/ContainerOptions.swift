package import CaissonBuildModel
package import CaissonEngineDiscovery
import CaissonJSON
import CaissonText

/// The options of docker buildx's driver `docker-container`, understood.
package struct ContainerOptions: Sendable, Hashable {
    /// The image of buildkitd.
    package private(set) var image: ImageReference
    /// Variables of the container, as `NAME=value`.
    private(set) var environment: [String] = []
    /// The settings of the host that the container gets, by the names of dockerd's API.
    private(set) var host: [String: JSON] = ["RestartPolicy": ContainerOptions.restart("unless-stopped", retries: 0)]
    /// Whether builds without an output are loaded into dockerd.
    package private(set) var loadsByDefault = false
    /// Whether provenance tells of the GitHub workflow that made the container.
    private(set) var tellsWorkflow = true

    /// The image where none is named.
    package static let defaultImage = ImageReference(domain: "docker.io", path: "moby/buildkit", tag: "buildx-stable-1")

    private static let known =
        "image, network, memory, memory-swap, cpu-period, cpu-quota, cpu-shares, cpuset-cpus, cpuset-mems, cgroup-parent, "
        + "restart-policy, env.NAME, default-load and provenance-add-gha"

    /// Understands options.
    ///
    /// - Throws: `EngineError` with code `badAddress` for one that isn't known, or whose value makes no sense.
    package init(_ options: [String: String]) throws(EngineError) {
        image = Self.defaultImage
        for (name, value) in options.sorted(by: { $0.key < $1.key }) {
            do {
                try take(name, value)
            } catch {
                throw EngineError(.badAddress, "the builder's option \(name)=\(value): \(error.problem)")
            }
        }
    }

    private mutating func take(_ name: String, _ value: String) throws(ParseError) {
        switch name {
        case "image": image = try ImageReference(parsing: value)
        case "network": host["NetworkMode"] = .string(value)
        case "memory": host["Memory"] = try Self.size(value)
        case "memory-swap": host["MemorySwap"] = value == "-1" ? .number("-1") : try Self.size(value)
        case "cpu-period": host["CpuPeriod"] = try Self.number(value)
        case "cpu-quota": host["CpuQuota"] = try Self.number(value)
        case "cpu-shares": host["CpuShares"] = try Self.number(value)
        case "cpuset-cpus": host["CpusetCpus"] = .string(value)
        case "cpuset-mems": host["CpusetMems"] = .string(value)
        case "cgroup-parent": host["CgroupParent"] = .string(value)
        case "restart-policy": host["RestartPolicy"] = try Self.policy(value)
        case "default-load": loadsByDefault = try Self.boolean(value)
        case "provenance-add-gha": tellsWorkflow = try Self.boolean(value)
        case "allow-untrusted-image":
            guard try Self.boolean(value) else {
                throw Self.wrong(value, "images' signatures aren't checked here; leave the option out")
            }
        case let name where name.hasPrefix("env.") && name.utf8.count > 4:
            environment.append(name.dropFirst(4) + "=" + value)
        default: throw Self.wrong(value, "it is unknown; known are \(Self.known)")
        }
    }

    private static func size(_ text: String) throws(ParseError) -> JSON {
        .number(String(try ByteSize(parsing: text).bytes))
    }

    private static func number(_ text: String) throws(ParseError) -> JSON {
        guard let number = Int64(text) else { throw wrong(text, "it is no whole number") }
        return .number(String(number))
    }

    private static func boolean(_ text: String) throws(ParseError) -> Bool {
        guard let value = GoBoolean.parse(text) else { throw wrong(text, "it is neither true nor false") }
        return value
    }

    private static func policy(_ text: String) throws(ParseError) -> JSON {
        let (name, count) = text.cut(at: ":") ?? (text, nil)
        let retries = count.map { Int64($0) } ?? 0
        guard ["no", "always", "unless-stopped", "on-failure"].contains(name), let retries, retries >= 0,
            count == nil || name == "on-failure"
        else { throw wrong(text, "use no, always, unless-stopped, on-failure or on-failure:RETRIES") }
        return restart(name, retries: retries)
    }

    private static func restart(_ name: String, retries: Int64) -> JSON {
        JSON(["Name": .string(name), "MaximumRetryCount": .number(String(retries))])
    }

    private static func wrong(_ text: String, _ problem: String) -> ParseError { ParseError("option", text, problem) }
}

extension NodeContainer {
    /// What dockerd is told to make the container of a name of.
    ///
    /// - Parameter cgroupParent: The control group that it belongs to where its options name none.
    func creation(
        named name: String,
        _ options: ContainerOptions,
        cgroupParent: String?,
        usesHostUsers: Bool
    ) -> JSON {
        var host = options.host
        host["Privileged"] = .bool(true)
        // Ends the processes that BuildKit's steps leave behind.
        host["Init"] = .bool(true)
        host["Mounts"] = .array([
            JSON([
                "Type": .string("volume"), "Source": .string(EngineContainer.volume(of: name)),
                "Target": .string("/var/lib/buildkit"),
            ])
        ])
        if let cgroupParent, host["CgroupParent"] == nil { host["CgroupParent"] = .string(cgroupParent) }
        if usesHostUsers { host["UsernsMode"] = .string("host") }
        return JSON([
            "Image": .string(options.image.familiar), "Env": .array(options.environment.map(JSON.string)),
            "Cmd": .array(command.map(JSON.string)), "HostConfig": JSON(host),
        ])
    }

    /// buildkitd's arguments; those of the user come last, and count.
    private var command: [String] {
        let isConfigured = files[NodeContainer.configuration] != nil
        return (isConfigured ? ["--config", NodeContainer.configuration] : []) + arguments
    }
}
