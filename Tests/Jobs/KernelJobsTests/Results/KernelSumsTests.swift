import CaissonBuildModel
import CaissonContainerJobs
import CaissonText
import Foundation
import Testing

@testable import CaissonKernelJobs

@Suite struct KernelSumsTests {
    @Test func `checksums are of files by their bytes`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "caisson-kernel-sums-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let names: [[UInt8]] = ["\u{E9}", "e\u{301}", "a\r\nb"].map { Array($0.utf8) } + [[0x66, 0xFF]]
        func write(_ text: [UInt8], _ name: [UInt8]) throws {
            let path = Array((folder + "/").utf8) + name + [0]
            let file = try #require(fopen(path.map { CChar(bitPattern: $0) }, "w"))
            fwrite(text, 1, text.count, file)
            fclose(file)
        }
        for name in names { try write(name, name) }
        try write(ChecksumFile(try CollectedFiles(of: folder)).bytes, Array("SHA256SUMS".utf8))
        #expect(try KernelVerification().verify(folder).findings == [])
        for name in names {
            try write([0x78], name)
            let findings = try KernelVerification().verify(folder).findings
            #expect(findings.map(\.code) == ["checksum.mismatch"])
            #expect(findings.first?.path?.pathBytes == name)
            try write(name, name)
        }
        #expect(unlink(folder + "/e\u{301}") == 0)
        let findings = try KernelVerification().verify(folder).findings
        #expect(findings.map(\.code) == ["artifact.missing"])
        #expect(findings.first?.path?.utf8.elementsEqual("e\u{301}".utf8) == true)
    }

    @Test func `a folder that isn't there isn't found right`() {
        #expect(throws: BuildError.self) { try KernelVerification().verify("/nowhere/at/all") }
    }
}
