import CaissonArchive
import CaissonSystem
import CaissonText
import Foundation
import Testing

@testable import CaissonKernelJobs

@Suite struct ModuleArchiveTests {
    /// A folder for one test, removed behind it.
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "modules-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    private func write(_ files: [String], in folder: String, time: Int = 1_800_000_000) throws {
        for file in files {
            let path = "\(folder)/\(file)"
            try Directories.make(PathFacts.split(path).directory)
            try AtomicFile.replace(path, with: Array("\(PathFacts.split(file).name)\n".utf8), .usual)
            #expect(chmod(path, 0o640) == 0)
        }
        try setTimes(in: folder, time)
    }

    private func setTimes(in folder: String, _ time: Int) throws {
        let all = (FileManager.default.enumerator(atPath: folder)?.allObjects ?? []).compactMap { $0 as? String }
        for name in all + ["."] {
            let times = [timespec(tv_sec: time, tv_nsec: 5), timespec(tv_sec: time, tv_nsec: 5)]
            #expect(utimensat(AT_FDCWD, "\(folder)/\(name)", times, AT_SYMLINK_NOFOLLOW) == 0)
        }
    }

    private func entries(_ path: String) throws -> [TarEntry] {
        var bytes = try BoundedFile.read(path, limit: 1 << 24)
        var tar = try TarReader.open {
            defer { bytes = [] }
            return bytes
        }
        var found: [TarEntry] = []
        while let entry = try tar.next() { found.append(entry) }
        return found
    }

    private static let modules = [
        "lib/modules/6.1/kernel/lib/crc4.ko", "lib/modules/6.1/kernel/lib-x/x.ko", "lib/modules/6.1/modules.order",
        "lib/modules/6.1/kernel/lib.ko",
    ]

    @Test(arguments: TuxMakeCompression.allCases)
    func `names are sorted folder by folder, and all belongs to root`(_ compression: TuxMakeCompression) throws {
        try withFolder { folder in
            try write(Self.modules + ["other/not-in-it"], in: "\(folder)/in")
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/in/lib/modules/6.1/build",
                withDestinationPath: "/build"
            )
            let archive = ModuleArchive(of: .modules, in: "\(folder)/in", time: 1_700_000_000, compression: compression)
            let names = try archive.write(to: "\(folder)/modules.tar\(compression.suffix)")
            let found = try entries("\(folder)/modules.tar\(compression.suffix)")
            #expect(
                found.map { String(pathBytes: $0.path) } == [
                    "lib/", "lib/modules/", "lib/modules/6.1/", "lib/modules/6.1/build", "lib/modules/6.1/kernel/",
                    "lib/modules/6.1/kernel/lib/", "lib/modules/6.1/kernel/lib/crc4.ko",
                    "lib/modules/6.1/kernel/lib-x/",
                    "lib/modules/6.1/kernel/lib-x/x.ko", "lib/modules/6.1/kernel/lib.ko",
                    "lib/modules/6.1/modules.order",
                ]
            )
            #expect(found.allSatisfy { $0.userID == 0 && $0.groupID == 0 && $0.modificationTime == 1_700_000_000 })
            #expect(found[3].kind == .symbolicLink(target: Array("/build".utf8)))
            #expect(found[6].permissions == 0o640)
            #expect(found[6].kind == .file(size: 8))
            let expected = (Self.modules + ["lib/modules/6.1/build"]).sorted {
                $0.utf8.lexicographicallyPrecedes($1.utf8)
            }
            #expect(names == expected)
        }
    }

    @Test func `the same files give the same bytes, and older ones keep their time`() throws {
        try withFolder { folder in
            try write(Self.modules, in: "\(folder)/a")
            try write(Self.modules.reversed(), in: "\(folder)/b", time: 1_900_000_000)
            for name in ["a", "b"] {
                let archive = ModuleArchive(of: .modules, in: "\(folder)/\(name)", time: 1_700_000_000)
                _ = try archive.write(to: "\(folder)/\(name).tar.xz")
            }
            let first = try BoundedFile.read("\(folder)/a.tar.xz")
            #expect(first == (try BoundedFile.read("\(folder)/b.tar.xz")))
            #expect(first.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]))
            try write(Self.modules, in: "\(folder)/old", time: 1_600_000_000)
            let old = ModuleArchive(of: .modules, in: "\(folder)/old", time: 1_700_000_000, compression: .none)
            _ = try old.write(to: "\(folder)/old.tar")
            #expect(try entries("\(folder)/old.tar").allSatisfy { $0.modificationTime == 1_600_000_000 })
        }
    }

    @Test func `headers have no folder of their own around them`() throws {
        try withFolder { folder in
            try write(["include/linux/x.h"], in: "\(folder)/in")
            let archive = ModuleArchive(of: .headers, in: "\(folder)/in", time: 1, compression: .none)
            #expect(try archive.write(to: "\(folder)/headers.tar") == ["./include/linux/x.h"])
            let names = try entries("\(folder)/headers.tar").map { String(pathBytes: $0.path) }
            #expect(names == ["./", "./include/", "./include/linux/", "./include/linux/x.h"])
        }
    }

    @Test func `a folder that is a link, a pipe or missing is refused, and leaves no archive`() throws {
        try withFolder { folder in
            let archive = ModuleArchive(of: .deviceTrees, in: folder, time: 1, compression: .none)
            let target = "\(folder)/dtbs.tar"
            #expect(throws: KernelResultError.self) { try archive.write(to: target) }
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/dtbs", withDestinationPath: "/etc")
            #expect(throws: KernelResultError.self) { try archive.write(to: target) }
            try FileManager.default.removeItem(atPath: "\(folder)/dtbs")
            try write(["dtbs/a.dtb"], in: folder)
            #expect(mkfifo("\(folder)/dtbs/pipe", 0o600) == 0)
            let error = #expect(throws: KernelResultError.self) { try archive.write(to: target) }
            #expect(error?.code == .invalid)
            #expect(error?.message == "\"dtbs/pipe\" is no file, folder or link; remove it")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["dtbs"])
        }
    }

    @Test func `folders that are nested too deep are refused`() throws {
        try withFolder { folder in
            try Directories.make("\(folder)/dtbs" + String(repeating: "/d", count: ModuleArchive.deepest))
            let archive = ModuleArchive(of: .deviceTrees, in: folder, time: 1, compression: .none)
            let error = #expect(throws: KernelResultError.self) { try archive.write(to: "\(folder)/dtbs.tar") }
            #expect(error?.code == .limitExceeded)
        }
    }

    @Test func `odd names are listed as tar lists them`() {
        #expect(TarListing.name(Array("a\n\\b\u{e9}\u{7f} c".utf8)) == #"a\n\\b\303\251\177 c"#)
    }

    @Test func `a kernel is compressed beside itself, and what it was comes out of it`() throws {
        try withFolder { folder in
            let content = try TuxMakeCase.read("vmlinux.x86_64")
            try AtomicFile.replace("\(folder)/vmlinux", with: content, .usual)
            try TuxMakeCompression.xz.write("\(folder)/vmlinux", to: "\(folder)/vmlinux.xz")
            var packed = try BoundedFile.read("\(folder)/vmlinux.xz")
            #expect(packed.count < content.count / 4)
            var unpacked = [UInt8](repeating: 0, count: content.count + 1)
            var reader = try Decompressor.open(.xz) {
                defer { packed = [] }
                return packed
            }
            let count = try unpacked.withUnsafeMutableBytes { try reader.read(into: $0) }
            #expect(Array(unpacked.prefix(count)) == content)
            let error = #expect(throws: KernelResultError.self) {
                try TuxMakeCompression.xz.write("\(folder)/missing", to: "\(folder)/x")
            }
            #expect(error?.code == .notFound)
        }
    }
}
