import CaissonJSON
import CaissonText

/// The content of a ticket's file: a line of JSON.
///
/// The limits stand in it so that all processes decide the same, each with what the ticket's own process was told.
extension PlaceTicket {
    /// More than any ticket of ours has.
    static let longest = 16 << 10
    private static let version = 1
    /// The greatest priority and the longest ageing that are believed.
    private static let bounds = (priority: Int64(1000), ageing: Int64(1) << 50)

    /// The bytes of the file; those of the two states are equally many, so that one is written over the other.
    var content: [UInt8] {
        var json = JSONWriter(.report)
        json.object { json in
            json.member("version", Self.version)
            json.member("state", state.rawValue)
            json.member("title", title)
            json.member("project", project)
            json.member("priority", priority)
            json.member("boot", BootClock.boot)
            json.key("since")
            json.number(since)
            json.object("needs") { json in
                Self.write(needs.milliprocessors, "milliprocessors", &json)
                Self.write(needs.memory, "memory", &json)
                Self.write(needs.disk, "disk", &json)
            }
            json.object("limits", writeLimits)
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }

    private func writeLimits(_ json: inout JSONWriter) {
        Self.write(limits.maxConcurrentBuilds.map(Int64.init), "builds", &json)
        Self.write(limits.milliprocessors.map(Int64.init), "milliprocessors", &json)
        Self.write(limits.memory, "memory", &json)
        Self.write(limits.disk, "disk", &json)
        Self.write(limits.ageing.nanoseconds, "ageing", &json)
    }

    private static func write(_ value: Int64?, _ name: StaticString, _ json: inout JSONWriter) {
        guard let value else { return }
        json.key(name)
        json.number(value)
    }

    /// Reads what a process wrote, of which nothing is believed but what makes sense.
    ///
    /// - Parameter now: What a ticket of another machine counts as, whose clock isn't ours.
    init(name: String, content: [UInt8], now: Int64) {
        self.init(unreadable: name)
        guard content.count <= Self.longest, let json = try? JSON(parsing: content),
            json["version"]?.integer == Int64(Self.version), let text = json["state"]?.string,
            let state = State(rawValue: text), let since = json["since"]?.integer, let title = json["title"]?.string,
            let boot = json["boot"]?.string
        else { return }
        self.state = state
        self.since = boot == BootClock.boot ? min(max(since, 0), now) : now
        // It's shown on terminals, so nothing in it may steer one.
        self.title = String(title.quoted.dropFirst().dropLast())
        project = json["project"]?.string ?? ""
        priority = Int(min(max(json["priority"]?.integer ?? 0, 0), Self.bounds.priority))
        needs.milliprocessors = Self.amount(json["needs"]?["milliprocessors"]) ?? 0
        needs.memory = Self.amount(json["needs"]?["memory"]) ?? 0
        needs.disk = Self.amount(json["needs"]?["disk"]) ?? 0
        limits.maxConcurrentBuilds = Self.amount(json["limits"]?["builds"]).map { Int($0) }
        limits.milliprocessors = Self.amount(json["limits"]?["milliprocessors"]).map { Int($0) }
        limits.memory = Self.amount(json["limits"]?["memory"])
        limits.disk = Self.amount(json["limits"]?["disk"])
        limits.ageing = .nanoseconds(min(Self.amount(json["limits"]?["ageing"]) ?? 0, Self.bounds.ageing))
    }

    private static func amount(_ value: JSON?) -> Int64? { value?.integer.map { max($0, 0) } }
}
