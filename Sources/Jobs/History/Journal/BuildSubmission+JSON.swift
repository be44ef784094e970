package import CaissonBuildModel
package import CaissonJSON

/// A submission as JSON, for journals and for what becomes of them.
extension JSONWriter {
    /// Writes a submission.
    package mutating func write(_ submission: BuildSubmission) {
        object { json in
            json.member("id", submission.id.description)
            json.member("job", submission.job.rawValue)
            json.member("name", ifAny: submission.name)
            json.member("time", submission.time)
            json.membersOfPlace(submission)
            json.membersOfPeople(submission)
            json.membersOfRequest(submission)
            json.member("dropsOutput", ifTrue: !submission.keepsOutput)
        }
    }

    private mutating func membersOfPlace(_ submission: BuildSubmission) {
        if let membership = submission.membership {
            object("membership") { json in
                json.member("id", membership.id.description)
                json.member("place", membership.place)
                json.member("count", membership.count)
            }
        }
        if let invocation = submission.invocation {
            object("invocation") { json in
                json.texts("arguments", invocation.arguments)
                json.member("directory", invocation.directory)
                json.member("obstacle", ifAny: invocation.obstacle)
            }
        }
        texts("dependencies", submission.dependencies)
    }

    private mutating func membersOfPeople(_ submission: BuildSubmission) {
        member("owner", ifAny: submission.owner)
        member("project", ifAny: submission.project)
        member("group", ifAny: submission.group)
        member("priority", ifAny: submission.priority)
        texts("labels", submission.labels)
        guard submission.needs != MachineNeeds() else { return }
        object("needs") { json in
            json.member("milliprocessors", ifAny: submission.needs.milliprocessors.map { Int64($0) })
            json.member("memory", ifAny: submission.needs.memory)
            json.member("disk", ifAny: submission.needs.disk)
            if let network = submission.needs.network { json.member("network", network) }
        }
    }

    private mutating func membersOfRequest(_ submission: BuildSubmission) {
        texts("images", submission.images)
        member("context", ifAny: submission.context)
        member("dockerfile", ifAny: submission.dockerfile)
        member("target", ifAny: submission.target)
        texts("platforms", submission.platforms)
        if let revision = submission.revision {
            object("revision") { json in
                json.member("source", ifAny: revision.source)
                json.member("commit", ifAny: revision.commit)
                json.member("context", ifAny: revision.context)
                json.member("dockerfile", ifAny: revision.dockerfile)
            }
        }
        member("fingerprint", ifAny: submission.fingerprint)
        guard submission.request != .object([]) else { return }
        key("request")
        write(submission.request)
    }
}

extension BuildSubmission {
    /// Reads what `JSONWriter.write(_:)` wrote; nil where it names no build.
    package init?(_ json: JSON) {
        guard let id = json["id"]?.string.flatMap({ BuildID($0) }), let time = Timestamp(json["time"]),
            let job = json["job"]?.string.flatMap({ Job(rawValue: $0) })
        else { return nil }
        self.init(id, job, at: time)
        name = json["name"]?.string
        membership = json["membership"].flatMap { Membership($0) }
        invocation = json["invocation"].flatMap { Invocation($0) }
        dependencies = json["dependencies"].texts
        owner = json["owner"]?.string
        project = json["project"]?.string
        group = json["group"]?.string
        priority = json["priority"]?.string
        labels = json["labels"].texts
        if let written = json["needs"] { needs = MachineNeeds(written) }
        images = json["images"].texts
        context = json["context"]?.string
        dockerfile = json["dockerfile"]?.string
        target = json["target"]?.string
        platforms = json["platforms"].texts
        revision = json["revision"].map { SourceRevision($0) }
        fingerprint = json["fingerprint"]?.string
        if let written = json["request"], written.isObject { request = written }
        keepsOutput = json["dropsOutput"]?.isTrue != true
    }
}

extension BuildSubmission.Membership {
    fileprivate init?(_ json: JSON) {
        guard let id = json["id"]?.string.flatMap({ BuildID($0) }), let place = json["place"]?.integer,
            let count = json["count"]?.integer, 0 <= place, place <= Int32.max, 0 <= count, count <= Int32.max
        else { return nil }
        self.init(of: id, place: Int(place), count: Int(count))
    }
}

extension BuildSubmission.Invocation {
    fileprivate init?(_ json: JSON) {
        guard let directory = json["directory"]?.string else { return nil }
        self.init(json["arguments"].texts, in: directory, obstacle: json["obstacle"]?.string)
    }
}

extension MachineNeeds {
    fileprivate init(_ json: JSON) {
        self.init()
        milliprocessors = json["milliprocessors"]?.integer.map { Int($0) }
        memory = json["memory"]?.integer
        disk = json["disk"]?.integer
        if case .bool(let isAllowed)? = json["network"] { network = isAllowed }
    }
}

extension SourceRevision {
    fileprivate init(_ json: JSON) {
        self.init()
        source = json["source"]?.string
        commit = json["commit"]?.string
        context = json["context"]?.string
        dockerfile = json["dockerfile"]?.string
    }
}
