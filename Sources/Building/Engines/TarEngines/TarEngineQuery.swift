import CaissonBuildModel
import FoundationEssentials

/// A build request as the query of the address that takes its tar.
struct TarEngineQuery: Sendable {
    /// What is known besides the request.
    struct Place: Sendable {
        /// The Dockerfile's path in the tar; nil where the engine is to find it.
        var dockerfile: String?
        /// The names of the tar that no step may copy.
        var hidden: [String] = []
    }

    private var fields: [(name: String, value: String)] = []

    private let path: String

    /// The path and the query.
    var target: String {
        path + "?" + fields.map { "\($0.name)=\(DockerdImages.escaped($0.value))" }.joined(separator: "&")
    }

    /// The query for an engine.
    init(_ request: BuildRequest, _ place: Place, for engine: TarEngine) {
        path = engine.isPodman ? "/v4.0.0/libpod/build" : "/build"
        addCommon(request)
        switch engine {
        case .podman: addPodman(request, place)
        case .classic: addClassic(request, place)
        }
    }

    private mutating func addCommon(_ request: BuildRequest) {
        for name in TarExports(request).names { add("t", name.description) }
        if case .remote(let address) = request.context { add("remote", address) }
        if !request.buildArgs.isEmpty { add("buildargs", json: request.buildArgs) }
        if let target = request.target { add("target", target) }
        if let platform = request.platforms.first { add("platform", platform.description) }
        if request.noCache == .all { add("nocache", "1") }
        if let size = request.shmSize, size > 0 { add("shmsize", String(size)) }
        if let parent = request.cgroupParent { add("cgroupparent", parent) }
        // Nothing of a step stays behind, however it ended.
        add("rm", "1")
        add("forcerm", "1")
    }

    private mutating func addClassic(_ request: BuildRequest, _ place: Place) {
        add("version", "1")
        if let dockerfile = place.dockerfile { add("dockerfile", dockerfile) }
        if !request.labels.isEmpty { add("labels", json: request.labels) }
        if request.pull { add("pull", "1") }
        if let network = request.network { add("networkmode", network.rawValue) }
        for host in request.extraHosts { add("extrahosts", "\(host.name):\(host.address)") }
        guard !request.ulimits.isEmpty else { return }
        add("ulimits", json: request.ulimits.map { ClassicUlimit(Name: $0.name, Soft: $0.soft, Hard: $0.hard) })
    }

    private mutating func addPodman(_ request: BuildRequest, _ place: Place) {
        add("layers", "1")
        // The other format has neither SHELL nor HEALTHCHECK nor ONBUILD.
        add("outputformat", "application/vnd.docker.distribution.manifest.v2+json")
        if let dockerfile = place.dockerfile { add("dockerfile", json: [dockerfile]) }
        if !request.labels.isEmpty { add("labels", json: request.labels.map { "\($0.key)=\($0.value)" }.sorted()) }
        add("pullpolicy", request.pull ? "always" : "missing")
        addNetwork(request.network)
        if !request.extraHosts.isEmpty {
            add("extrahosts", json: request.extraHosts.map { "\($0.name):\($0.address)" })
        }
        if !request.ulimits.isEmpty {
            add("ulimits", json: request.ulimits.map { "\($0.name)=\($0.soft):\($0.hard)" })
        }
        if let epoch = request.buildArgs["SOURCE_DATE_EPOCH"], let seconds = Int64(epoch) {
            add("timestamp", String(seconds))
        }
        // The ignore file was applied here; a list that isn't empty keeps podman from looking for one again.
        if place.dockerfile != nil { add("excludes", json: place.hidden.isEmpty ? [".caisson-none"] : place.hidden) }
    }

    /// Without these podman's API gives steps the host's network, which its own command doesn't.
    private mutating func addNetwork(_ network: NetworkMode?) {
        add("nsoptions", json: [PodmanNamespace(Name: "network", Host: network == .host)])
        add("networkmode", network == NetworkMode.none ? "NetworkDisabled" : "NetworkDefault")
    }

    private mutating func add(_ name: String, _ value: String) { fields.append((name, value)) }

    private mutating func add(_ name: String, json value: some Encodable) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { return }
        add(name, String(decoding: data, as: UTF8.self))
    }

    // The engines' own spelling of the keys.
    private struct ClassicUlimit: Encodable {
        var Name: String
        var Soft: Int64
        var Hard: Int64
    }

    private struct PodmanNamespace: Encodable {
        var Name: String
        var Host: Bool
        var Path = ""
    }
}

/// What becomes of the image that an engine made from a tar.
struct TarExports: Sendable {
    /// What is done with the image, once it is there.
    enum Action: Sendable, Hashable {
        /// Write it as an archive.
        case save(CaissonBuildModel.ExportFile, isOCI: Bool)
        /// Push it by all its names.
        case push
    }

    /// The image's names.
    var names: [ImageReference]
    /// What follows the build.
    var actions: [Action] = []

    /// The exports of a request that was checked.
    init(_ request: BuildRequest) {
        names = request.exports == [.cacheOnly] ? [] : request.tags
        for export in request.exports {
            switch export {
            case .image(let attributes, let isPushed):
                add(attributes)
                if isPushed, !actions.contains(.push) { actions.append(.push) }
            case .docker(let file, let attributes):
                add(attributes)
                if let file { actions.append(.save(file, isOCI: false)) }
            case .oci(let file, let attributes):
                add(attributes)
                actions.append(.save(file, isOCI: true))
            case .local, .tar, .cacheOnly: break
            }
        }
    }

    private mutating func add(_ attributes: ExportAttributes) {
        for name in (try? attributes.names()) ?? [] where !names.contains(name) { names.append(name) }
    }
}
