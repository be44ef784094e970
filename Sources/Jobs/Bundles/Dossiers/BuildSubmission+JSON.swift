import CaissonBuildModel
import CaissonJSON

extension BuildSubmission {
    /// The submission for a bundle.
    var json: JSON {
        .object([
            ("id", .string(id.description)), ("job", .string(job.rawValue)), ("name", name.map { .string($0) }),
            ("time", .time(time)), ("membership", membership?.json), ("invocation", invocation?.json),
            ("owner", owner.map { .string($0) }), ("project", project.map { .string($0) }),
            ("group", group.map { .string($0) }), ("priority", priority.map { .string($0) }),
            ("labels", .texts(labels)), ("needs", needs == MachineNeeds() ? nil : needs.json),
            ("images", .texts(images)), ("context", context.map { .string($0) }),
            ("dockerfile", dockerfile.map { .string($0) }), ("target", target.map { .string($0) }),
            ("platforms", .texts(platforms)), ("revision", revision?.json), ("request", request),
            ("fingerprint", fingerprint.map { .string($0) }), ("dependencies", .texts(dependencies)),
            ("dropsOutput", .flag(!keepsOutput)),
        ])
    }

    /// Reads a submission; nil where it names no build.
    init?(bundled json: JSON) {
        guard let id = json["id"]?.string.flatMap({ BuildID($0) }), let time = json["time"]?.time,
            let job = json["job"]?.string.flatMap({ Job(rawValue: $0) })
        else { return nil }
        self.init(id, job, at: time)
        name = json["name"]?.string
        membership = json["membership"].flatMap { Membership(bundled: $0) }
        invocation = json["invocation"].flatMap { Invocation(bundled: $0) }
        owner = json["owner"]?.string
        project = json["project"]?.string
        group = json["group"]?.string
        priority = json["priority"]?.string
        labels = json["labels"].list
        if let needs = json["needs"] { self.needs = MachineNeeds(bundled: needs) }
        images = json["images"].list
        context = json["context"]?.string
        dockerfile = json["dockerfile"]?.string
        target = json["target"]?.string
        platforms = json["platforms"].list
        revision = json["revision"].map { SourceRevision(bundled: $0) }
        if let request = json["request"], request.isObject { self.request = request }
        fingerprint = json["fingerprint"]?.string
        dependencies = json["dependencies"].list
        keepsOutput = !json["dropsOutput"].isTrue
    }
}

extension BuildSubmission.Membership {
    fileprivate var json: JSON {
        .object([
            ("id", .string(id.description)), ("place", .integer(Int64(place))), ("count", .integer(Int64(count))),
        ])
    }

    fileprivate init?(bundled json: JSON) {
        guard let id = json["id"]?.string.flatMap({ BuildID($0) }) else { return nil }
        self.init(of: id, place: json["place"].count, count: json["count"].count)
    }
}

extension BuildSubmission.Invocation {
    fileprivate var json: JSON {
        .object([
            ("arguments", .array(arguments.map { .string($0) })), ("directory", .string(directory)),
            ("obstacle", obstacle.map { .string($0) }),
        ])
    }

    fileprivate init?(bundled json: JSON) {
        guard let directory = json["directory"]?.string else { return nil }
        self.init(json["arguments"].list, in: directory, obstacle: json["obstacle"]?.string)
    }
}

extension MachineNeeds {
    fileprivate var json: JSON {
        .object([
            ("milliprocessors", milliprocessors.map { .integer(Int64($0)) }), ("memory", memory.map { .integer($0) }),
            ("disk", disk.map { .integer($0) }), ("network", network.map { .bool($0) }),
        ])
    }

    fileprivate init(bundled json: JSON) {
        self.init()
        milliprocessors = json["milliprocessors"]?.integer.map { Int(clamping: $0) }
        memory = json["memory"]?.integer
        disk = json["disk"]?.integer
        if case .bool(let isAllowed)? = json["network"] { network = isAllowed }
    }
}

extension SourceRevision {
    fileprivate var json: JSON {
        .object([
            ("source", source.map { .string($0) }), ("commit", commit.map { .string($0) }),
            ("context", context.map { .string($0) }), ("dockerfile", dockerfile.map { .string($0) }),
        ])
    }

    fileprivate init(bundled json: JSON) {
        self.init()
        source = json["source"]?.string
        commit = json["commit"]?.string
        context = json["context"]?.string
        dockerfile = json["dockerfile"]?.string
    }
}
