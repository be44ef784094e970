import CaissonBuildModel
package import CaissonInsights
import CaissonText

/// How a series of builds is called for people: `web`, `shop/api`, `Dockerfile, stage test in shop`.
///
/// The name is that of the target; of builds without one it is that of their image, else the Dockerfile with stage and
/// directory. What would be called alike gets what tells it apart behind it: `web (shop)`.
package struct SeriesName: Sendable, Hashable {
    /// The most bytes of a name without what tells it apart.
    private static let longest = 60
    /// The most bytes of a part that tells it apart.
    private static let longestPart = 40

    /// The name by itself, safe and at most some 60 bytes long.
    package let short: String
    /// What may tell it apart from others of that name, what people know best first; empty texts tell nothing.
    private let qualifiers: [String]

    /// Names a series.
    ///
    /// - Parameters:
    ///   - series: The series; its texts may hold any characters.
    ///   - image: A name of the image that its builds make, if there is one.
    package init(_ series: BuildSeries, image: String?) {
        let parts = series.source + [nil, nil, nil]
        let (context, file, stage) = (parts[0], parts[1], parts[2])
        let image = image.map(Self.withoutTag)
        let place = Self.lastPart(series.directory)
        let name: String
        if let own = series.name, !own.isEmpty {
            name = own
        } else if let image, !image.isEmpty {
            name = image
        } else {
            let home = context.flatMap { $0 == "." || $0.isEmpty ? nil : $0 } ?? place
            let start = file.flatMap { $0.isEmpty ? nil : $0 } ?? "Dockerfile"
            name = start + (stage.map { ", stage \($0)" } ?? "") + (home.isEmpty ? "" : " in \(home)")
        }
        short = SafeWords.text(name, Self.longest)
        let others = [
            series.project ?? "", place, series.platforms.joined(separator: ", "), stage.map { "stage \($0)" } ?? "",
            file ?? "", context ?? "", series.directory ?? "", series.name == nil ? "" : image ?? "",
        ]
        qualifiers = others.map { SafeWords.text($0, Self.longestPart) }
    }

    /// Names for all of them, in their order, of which no two are the same.
    package static func names(_ all: [SeriesName]) -> [String] {
        var names = all.map(\.short)
        for place in 0..<(all.map(\.qualifiers.count).max() ?? 0) {
            let alike = Dictionary(grouping: names.indices) { names[$0] }.values.filter { $0.count > 1 }
            for group in alike where Set(group.map { all[$0].qualifiers[place] }).count > 1 {
                for index in group where !all[index].qualifiers[place].isEmpty {
                    names[index] = all[index].short + " (\(all[index].qualifiers[place]))"
                }
            }
        }
        // Others may be called so already: numbers are counted up until a name is free.
        var taken: Set<String> = []
        return names.map { name in
            var (free, number) = (name, 1)
            while !taken.insert(free).inserted {
                number += 1
                free = "\(name) #\(number)"
            }
            return free
        }
    }

    /// The familiar name without a tag; what is no name of an image is taken as it is.
    private static func withoutTag(_ name: String) -> String {
        guard let image = try? ImageReference(parsing: name) else { return name }
        return ImageReference(domain: image.domain, path: image.path).familiar
    }

    /// The last part of a path; empty of none.
    private static func lastPart(_ path: String?) -> String {
        let last = path?.utf8.split(separator: UInt8(ascii: "/")).last
        return last.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
