/// Which module may import which: the table of modules that reviewers read, as data.
enum Arrows {
    /// The modules of ours that each module may import.
    static let ours: [String: Set<String>] = [
        "CCurl": [],
        "CArchive": [],
        "BuildModel": [],
        "IgnoreFile": [],
        "Dockerfile": [],
        "Shell": [],
        "DockerfileLint": ["Dockerfile", "Shell", "IgnoreFile"],
        "Archive": ["CArchive"],
        "BuildContext": ["BuildModel", "IgnoreFile", "Archive"],
        "HTTPClient": ["CCurl"],
        "Registry": ["BuildModel", "HTTPClient", "Archive"],
        "BuildKit": ["BuildModel", "BuildContext"],
        "Engines": ["BuildModel", "BuildContext", "BuildKit", "HTTPClient", "Registry"],
        "Reporting": ["BuildModel"],
        "Caisson": ["BuildModel", "BuildContext", "Engines"],
        "caisson": [
            "BuildModel", "Archive", "BuildContext", "Dockerfile", "DockerfileLint", "Engines", "HTTPClient",
            "IgnoreFile",
            "Registry", "Reporting",
        ],
    ]

    /// The external packages' modules that each module of ours may import: each where its subject is.
    static let external: [String: Set<String>] = [
        "BuildKit": ["NIOCore", "NIOPosix", "NIOHTTP2", "NIOHPACK", "NIOConcurrencyHelpers", "SwiftProtobuf"],
        "caisson": ["ArgumentParser"],
    ]

    /// What comes with Swift or the system, for every module.
    ///
    /// Not `Foundation`: it costs 10 ms at every start.
    static let everywhere: Set<String> = [
        "FoundationEssentials", "Glibc", "Musl", "Synchronization", "Swift", "Dispatch",
    ]

    /// The files that may start tasks nobody scopes, with the reason.
    static let unstructuredTasks = [
        "BuildKit/Control/ControlClient+Build.swift":
            "a cancelled build still has to be cancelled on the engine and waited for"
    ]
}
