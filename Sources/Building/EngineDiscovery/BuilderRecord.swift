package import CaissonBuildModel

/// A named builder: one engine or several, each with the platforms that it is to build.
package struct BuilderRecord: Sendable, Hashable, Codable {
    /// Its name.
    package var name: String
    /// Its nodes; the first is taken where no platform decides.
    package var nodes: [BuilderNode]
    /// Whether it is one of docker buildx's, which we only read.
    package var isBuildx = false

    private enum CodingKeys: String, CodingKey {
        case name, nodes
    }

    /// Makes a builder.
    package init(name: String, nodes: [BuilderNode]) {
        self.name = name
        self.nodes = nodes
    }

    /// Checks a name: letters, digits, `.`, `_` and `-`, a letter first, at most 64.
    ///
    /// - Throws: `EngineError` with code `badAddress` for a name that is none, or that means something already.
    package static func checkName(_ name: String) throws(EngineError) {
        let isFine = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), 0x2D, 0x2E, UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isFine, name.utf8.count <= 64, name.first?.isLetter == true else {
            throw EngineError(
                .badAddress,
                "“\(name.filter { $0.isASCII && !$0.isNewline }.prefix(64))” is no name of a builder; use letters, digits, “.”, “_” "
                    + "and “-”, at most 64, a letter first"
            )
        }
        guard name != Discovery.privateName, name != "default" else {
            throw EngineError(.badAddress, "the name “\(name)” is taken: it stands for an engine already")
        }
    }
}

/// One engine of a builder.
package struct BuilderNode: Sendable, Hashable, Codable {
    /// Its name among the builder's nodes.
    package var name: String
    /// Its address, checked and in one spelling.
    package var address: String
    /// The platforms it is meant for, before what it says of itself; as `linux/arm64`.
    package var platforms: [String]
    /// What its owner wrote down about it.
    package var labels: [String: String]
    /// The certificate authority's file, for TLS.
    package var authority: String?
    /// Our certificate's file.
    package var certificate: String?
    /// Our key's file.
    package var key: String?
    /// The container that is its engine, where that is made and started here; nil for an engine that runs by itself.
    package var container: NodeContainer?

    /// Makes a node; its address is checked.
    ///
    /// - Throws: `EngineError` with code `badAddress`.
    package init(
        name: String,
        address: String,
        platforms: [Platform] = [],
        labels: [String: String] = [:]
    ) throws(EngineError) {
        self.name = name
        self.address = try HostAddress(parsing: address).description
        self.platforms = platforms.map(\.description)
        self.labels = labels
    }

    /// The node as an endpoint.
    package func endpoint(of builder: String) -> EngineEndpoint {
        let hasTLS = authority != nil || certificate != nil
        return EngineEndpoint(
            address: address,
            // Others are asked, at the cost of a connection.
            kind: container == nil ? .unknown : .buildkitd,
            tls: hasTLS ? TLSFiles(authority: authority, certificate: certificate, key: key) : nil,
            origin: "the builder “\(builder)”"
        )
    }

    /// The platforms it is meant for, those that can't be understood left out.
    package var declared: [Platform] { platforms.compactMap { try? Platform(parsing: $0) } }
}
