import CaissonText

extension ComposeLoader {
    /// One step on the way through services that extend each other.
    private struct Step: Equatable {
        var file: String
        var service: String
    }

    /// What a service says of the one that it extends.
    private struct Reference {
        var service: String
        /// The other file; nil for the same one.
        var file: String?
        /// Its path from the working directory.
        var path: String?
    }

    /// The document with every service merged into the one that it extends.
    mutating func extending(
        _ root: ComposeValue,
        of path: String,
        _ resets: [[String]],
        in scope: ComposeScope
    ) -> ComposeValue {
        guard let services = root["services"], let fields = services.fields else { return root }
        var own = ComposeServices(file: path, services: fields, resets: resets)
        for name in fields.keys.sorted() {
            _ = extended(name, &own, [], in: scope)
        }
        return root.with("services", ComposeValue(.map(own.services), at: services.place))
    }

    /// A service with what it extends; one that extends what there isn't is faulty, one that says nothing is null.
    private mutating func extended(
        _ name: String,
        _ own: inout ComposeServices,
        _ trail: [Step],
        in scope: ComposeScope
    ) -> ComposeValue {
        let nothing = ComposeValue(.null, at: own.services[name]?.place ?? ComposePlace(own.file))
        guard let service = own.services[name]?.value, service.fields != nil else {
            return own.services[name]?.value.isBroken == true ? ComposeValue(.broken, at: nothing.place) : nothing
        }
        guard let extends = service["extends"] else { return service }
        let base = base(extends, of: name, &own, trail, in: scope)
        guard !base.isBroken else {
            own.services[name]?.value = ComposeValue(.broken, at: service.place)
            return base
        }
        guard base.fields != nil else { return service }
        let prefix = own.resets.filter { $0.count > 2 && $0[0] == "services" && $0[1] == name }.map { Array($0[2...]) }
        let merged = ComposeMerge.resources(
            base.without(prefix),
            service.without([["extends"]]),
            path: ["services", name],
            copied: &copied,
            &report
        )
        own.services[name]?.value = merged
        return merged
    }

    /// The service that is extended, with what it extends itself.
    private mutating func base(
        _ extends: ComposeValue,
        of name: String,
        _ own: inout ComposeServices,
        _ trail: [Step],
        in scope: ComposeScope
    ) -> ComposeValue {
        let place = extends.place
        let broken = ComposeValue(.broken, at: place)
        guard let reference = reference(extends, of: name, in: scope) else { return broken }
        let trail = trail + [Step(file: own.file, service: name)]
        let next = Step(file: reference.path ?? own.file, service: reference.service)
        guard check(next, trail, at: place) else { return broken }
        guard let path = reference.path, let file = reference.file else {
            guard isThere(reference.service, own, place) else { return broken }
            return extended(reference.service, &own, trail, in: scope)
        }
        let folder = ComposePaths.folder(of: file)
        guard var other = services(of: path, namedAt: place, folder: folder, in: scope),
            isThere(reference.service, other, place)
        else { return broken }
        return extended(reference.service, &other, trail, in: scope)
    }

    private mutating func isThere(_ name: String, _ services: ComposeServices, _ place: ComposePlace) -> Bool {
        guard services.services[name] == nil else { return true }
        let hint = nearest(to: name, among: services.services.keys.sorted()).map { "; did you mean \($0)?" } ?? ""
        report.refuse(place, "there is no service \(name.quoted) to extend in \(services.file)\(hint)")
        return false
    }

    private mutating func check(_ next: Step, _ trail: [Step], at place: ComposePlace) -> Bool {
        if let start = trail.firstIndex(of: next) {
            let steps = trail[start...] + [next]
            let isOneFile = steps.allSatisfy { $0.file == next.file }
            let shown = steps.map { isOneFile ? $0.service : "\($0.service) in \($0.file)" }.joined(separator: " → ")
            report.refuse(place, "services extend each other in a circle: \(shown)")
            return false
        }
        guard trail.count < ComposeBounds.depth else {
            report.refuse(place, "more than \(ComposeBounds.depth) services extend one another in a row")
            return false
        }
        return true
    }

    private mutating func reference(
        _ value: ComposeValue,
        of name: String,
        in scope: ComposeScope
    ) -> Reference? {
        if let service = value.text { return Reference(service: service) }
        guard !value.isBroken else { return nil }
        let file = value["file"]
        guard let service = value["service"]?.text, file == nil || file?.text != nil else {
            report.refuse(value.place, "services.\(name).extends: write the name of a service, or a table with service")
            return nil
        }
        let path = file?.text.map { ComposePaths.isRemote($0) ? $0 : ComposePaths.joined(scope.folder, $0) }
        return Reference(service: service, file: file?.text, path: path)
    }
}
