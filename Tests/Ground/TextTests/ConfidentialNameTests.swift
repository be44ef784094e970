import CaissonText
import Testing

@Suite struct ConfidentialNameTests {
    @Test(arguments: [
        ("API_TOKEN", true, true), ("GH_PAT", true, true), ("DB_PASS", true, true), ("db-pwd", true, true),
        ("secret_access_key", true, true), ("SIGNING_KEY", true, true), ("X-Amz-Signature", true, false),
        ("AUTH_MODE", true, false), ("CACHE_KEY", true, false), ("PUBLIC_KEY", false, false), ("PATH", false, false),
        ("MONKEY", false, false), ("VERSION", false, false), ("", false, false),
    ])
    func `names say whether their values are secrets`(name: String, isLikely: Bool, isCertain: Bool) {
        #expect(ConfidentialName.matches(name) == isLikely)
        #expect(ConfidentialName.isSecret(name) == isCertain)
    }

    @Test(arguments: [
        ("GH_PAT=abc", "GH_PAT=***"), ("--build-arg=DB_PASS=a b", "--build-arg=DB_PASS=***"),
        ("type=s3,secret_access_key=x,region=y", "type=s3,secret_access_key=***"), ("TOKEN=", "TOKEN="),
        ("https://h/p?X-Amz-Signature=s&a=b", "https://h/p?X-Amz-Signature=***"),
        ("https://h/p?a=b&sig=s", "https://h/p?a=b&sig=***"),
        ("https://h/r.git?access_token=s#main", "https://h/r.git?access_token=***"),
        ("URL=postgres://u:p@h/db", "URL=postgres://***@h/db"),
        ("HTTP_PROXY=http://u:p@h:1", "HTTP_PROXY=http://***@h:1"),
        ("https://t0ken@github.com/a/b", "https://***@github.com/a/b"),
        ("a://b c://d@e f://g:h@i@j/k", "a://b c://***@e f://***@j/k"),
        ("git@github.com:a/b", "git@github.com:a/b"), ("://", "://"), ("x://@h", "x://@h"), ("VERSION=1", "VERSION=1"),
    ])
    func `values of secrets aren't told`(text: String, shown: String) {
        #expect(ConfidentialName.withoutValues(in: text) == shown)
    }

    @Test func `passwords of addresses are found`() {
        #expect(ConfidentialName.passwords(in: "a http://u:p:w@h, https://tok@h/ x://h") == ["p:w", "tok"])
    }
}
