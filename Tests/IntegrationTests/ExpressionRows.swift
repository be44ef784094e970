/// What random expressions are made of.
///
/// A kind is a letter: of values (`t` texts, `n` numbers, `b` truth values, `l` lists of texts, `m` lists of numbers,
/// `z` lists of lists, `o` maps, `a` anything) or of texts and numbers of a form that some function asks for.
enum ExpressionRows {
    /// Values that are written down, by kind.
    static let leaves: [Character: [String]] = [
        "t": [
            #""""#, #""a""#, #""Hello World""#, #""é""#, #""a,b,c""#, #""12""#, #""true""#, #""  x ""#, #""a-b_c.d""#,
            #""$${x}%%{y}""#, #""e\u0301""#, #""line\n""#, #""日本語""#, #""👩‍👧‍👦!""#,
            #""tab\t\"q\" \\ <&>""#, "text",
        ],
        "n": [
            "0", "1", "2", "3", "7", "10", "0.5", "1.5", "(-2.25)", "1e3", "0.1", "255", "12345678901234567890",
            "(1/3)",
            "1e-7", #""5""#, "amount", "(-1)", "100000000000000000000000", "9007199254740993",
        ],
        "i": ["0", "1", "2", "3", "(-1)", "5"],
        "c": ["0", "1", "2", "3", "4"],
        "b": ["true", "false", #""true""#, "flag", "(1 < 2)"],
        "l": [
            "[]", #"["a"]"#, #"["b", "a", "b"]"#, #"["", "x", "é"]"#, "texts", #"convert(["z", "y"], list(string))"#,
            #"convert(["q", "p", "q"], set(string))"#, #"["1", "2", "10"]"#,
        ],
        "m": ["[]", "[1]", "[3, 1, 2]", "numbers", "convert([2, 2, 1], set(number))", "[0.5, -1]"],
        "z": ["[]", "[[]]", #"[["a"], ["b", "c"]]"#, "[texts, texts]", #"[["a", ["b"]], []]"#],
        "o": [
            "{}", #"{ a = "x" }"#, #"{ b = "y", a = "x" }"#, "table", #"convert({ k = 1 }, map(string))"#,
            #"{ "é" = "u" }"#,
        ],
        "a": ["null", "1.25", "true", #""s""#, #"["a", 1, null]"#, #"{ a = [1], b = { c = "d" } }"#, "nothing"],
        "k": [#""a""#, #""b""#, #""none""#],
        "q": [#""/a/b/c.txt""#, #""a""#, #""/""#, #""""#, #""a//b/""#, #""../x/./y""#],
        "p": [
            #""[a-z]+""#, #""(\\d)(\\w)?""#, #""(?P<first>l+)(?P<rest>.*)""#, #"".""#, #""^$""#, #""(""#, #""(?i)HEL""#,
        ],
        "r": [#""$1-$0""#, #""x""#, #""$${first}!""#, #""""#],
        "h": [#""aGVsbG8=""#, #""""#, #""w6k=""#, #""!!""#, #""YQ""#],
        "j": [
            #""{\"a\": [1, 2.50, null], \"b\": {\"c\": true}}""#, #""[]""#, #""\"x\"""#, #""1e2""#, #""{""#, #""null""#,
        ],
        "d": [
            #""2006-01-02T15:04:05Z""#, #""2020-02-29T23:59:59+05:30""#, #""1999-12-31T00:00:00-08:00""#, #""x""#,
        ],
        "f": [
            #""YYYY-MM-DD'T'hh:mm:ssZ""#, #""EEEE, DD MMM YY""#, #""H:m AA""#, #""h 'o''clock' ZZZZZ""#, #""MMMM D""#,
            #""QQ""#,
        ],
        "u": [#""1h30m""#, #""-10s""#, #""1.5h""#, #""24h""#, #""x""#, #""0""#],
        "x": [#""10.0.0.0/8""#, #""192.168.1.0/24""#, #""fd00::/16""#, #""10.1.2.3""#, #""0.0.0.0/0""#],
        "v": [#""1.2.3""#, #""2.0.0-rc.1""#, #""v1""#, #""x""#],
        "y": [#"">=1.2""#, #""~1.2""#, #""^2 || <1""#, #""*""#],
        "w": [#""ff""#, #""101""#, #""-7z""#, #""12""#, "7"],
        "e": ["2", "8", "10", "16", "36", "62"],
        "s": [#""a,b\n1,2\n\"x,y\",é\n""#, #""a\n""#, #""a,a\n1,2""#, #""a,b\n1""#],
        "g": [
            #""%v""#, #""%s!""#, #""%q""#, #""%#v""#, #""%5s|%-5s""#, #""%d""#, #""%03d""#, #""%x""#, #""%.2f""#,
            #""%e""#,
            #""%t""#, #""%%""#, #""%[2]v %[1]v""#, #""%08.3g""#, #""%b %o %X""#, #""%+d""#, #""%6.2f|""#, #""%.1s""#,
        ],
    ]

    /// A way to make a value of a kind of other values: `@n` stands for one of the kind `n`.
    struct Row {
        /// The kind of what it makes; a capital letter where it can't stand within another expression.
        var kind: Character
        /// What is counted: an operator, a form or the name of a function.
        var name: String
        var template: String
    }

    /// Operators and forms.
    static let forms: [Row] = [
        ("n", "+", "@n + @n"), ("n", "-", "@n - @n"), ("n", "*", "@n * @n"), ("n", "/", "@n / @n"),
        ("n", "%", "@n % @n"), ("n", "negation", "-@n"), ("b", "!", "!@b"), ("b", "&&", "@b && @b"),
        ("b", "||", "@b || @b"), ("b", "==", "@a == @a"), ("b", "!=", "@t != @t"), ("b", "<", "@n < @n"),
        ("b", "<=", "@n <= @n"), ("b", ">", "@n > @n"), ("b", ">=", "@n >= @n"), ("A", "condition", "(@b ? @a : @a)"),
        ("n", "condition", "(@b ? @n : @n)"), ("t", "condition", "(@b ? @t : @n)"),
        ("l", "condition", "(@b ? @l : @l)"), ("O", "condition", "(@b ? @o : @o)"),
        ("l", "for", "[for v in @l : upper(v)]"), ("z", "for", "[for i, v in @l : [i, v, @t]]"),
        ("m", "for", "[for v in @m : v + @n if v > @n]"), ("l", "for", "[for k, v in @o : \"${k}=${v}\" if k != @k]"),
        ("o", "for object", "{ for i, v in @l : \"k${i}\" => v }"),
        ("O", "for object", "{ for k, v in @o : v => k }"), ("a", "grouping", "{ for v in @l : strlen(v) => v... }"),
        ("a", "grouping", "{ for v in @m : v % 2 => @n... }"), ("l", "splat", "[{ a = @t }, { a = @n }][*].a"),
        ("a", "splat", "@a[*]"), ("a", "splat", "[[@n], [@t]][*][0]"),
        ("l", "dot splat", "[{ a = { b = @t } }].*.a.b"), ("a", "dot splat", "(@o).*.a"), ("T", "index", "(@l)[@i]"),
        ("n", "index", "[@n, @n, @n, @n, @n][@c]"), ("t", "index", "{ a = @t, b = @n, none = @t }[@k]"),
        ("T", "index", "(@o)[@k]"), ("A", "index", "[@a, @a][@i]"), ("T", "attribute", "(@o).a"),
        ("a", "attribute", "{ a = @a, \"b\" = @n }.b"), ("a", "attribute", "[@a, @t].0"),
        ("t", "template", "\"<${@t}|${@n}>\""), ("A", "template", "\"${@a}\""), ("T", "template", "\"${@b}-${@l}\""),
        ("t", "template if", "\"%{ if @b }${@t}%{ else }${@n} no%{ endif }.\""),
        ("t", "template for", "\"%{ for i, v in @l }${i}:${v} %{ endfor }\""),
        ("t", "template strip", "\"a  ${~ @t ~}  b %{~ if @b ~} c %{~ endif ~} d\""),
        (
            "L", "heredoc",
            "[<<E\n a ${@t}\n  %{ for v in @l ~}\n  ${v}\n %{ endfor ~}\nE\n, <<-E\n    x ${@n}\n      y\n    E\n]"
        ),
        ("l", "tuple", "[@t, @t, @n]"), ("m", "tuple", "[@n, @n]"), ("o", "object", "{ (@k) = @t, c = @n }"),
        ("a", "object", "{ x = @a, y: @l }"), ("n", "parentheses", "(@n)"),
    ].map { Row(kind: $0, name: $1, template: $2) }

    /// All functions: the kind of the result, the name, the kinds of the arguments (`*`: any number of the last one),
    /// or a whole template.
    static let functions: [Row] = """
        n absolute n
        n add nn
        b and bb
        t base64decode h
        t base64encode t
        t basename q
        T bcrypt regex_replace(bcrypt(@t, 4), "[./A-Za-z0-9]{53}$", "x")
        N byteslen t
        T bytesslice tcc
        b can a
        n ceil n
        t chomp t
        z chunklist lc
        t cidrhost xc
        t cidrnetmask x
        t cidrsubnet xcc
        l cidrsubnets xcc*
        t coalesce tn*
        l coalescelist ll*
        l compact l
        l concat ll*
        b contains lt
        a convert convert(@a, string)
        n convert convert("${@n}", number)
        B convert convert(@t, bool)
        l convert convert(@l, set(string))
        A convert convert(@o, object({ a = string, b = optional(number) }))
        o convert convert({ a = @n, b = @t }, object({ a = string, b = string }))
        m convert convert([@n, "${@n}"], tuple([string, number]))
        a convert convert(@z, list(any))
        a csvdecode s
        t dirname q
        l distinct l
        n divide nn
        T element li
        t element element([@t, @t], @c)
        b equal aa
        a flatten z
        n floor n
        t format ga
        t format format("%s-%05.1f-%q", @t, @n, @t)
        t formatdate fd
        l formatlist gl
        T formattimestamp fd
        b greaterthan nn
        b greaterthanorequalto nn
        b hasindex li
        T homedir homedir()
        t indent ct
        t index index([@t, @t, @t, @t, @t], @c)
        T index li
        n indexof indexof([@t, "a", @n], "a")
        N indexof lt
        n int n
        t join tl
        a jsondecode j
        t jsonencode a
        l keys o
        n length l
        b lessthan nn
        b lessthanorequalto nn
        n log nn
        t lookup okt
        t lower t
        n max nn*
        t md5 t
        o merge oo*
        n min nn*
        n modulo nn
        n multiply nn
        n negate n
        b not b
        b notequal aa
        b or bb
        n parseint we
        n pow cc
        n pow nc
        m range range(@c)
        m range range(@i, @i)
        M range range(@i, @c, @c)
        a regex pt
        t regex_replace tpr
        a regexall pt
        t replace ttt
        t reverse t
        l reverselist l
        T rsadecrypt ht
        t sanitize t
        B semvercmp vy
        b sethaselement lt
        l setintersection ll*
        z setproduct ll
        l setsubtract ll
        l setsymmetricdifference ll*
        l setunion ll*
        t sha1 t
        t sha256 t
        t sha512 t
        n signum n
        l slice slice([@t, @t, @n], 1, 3)
        L slice lcc
        l sort l
        l split tt
        n strlen t
        t substr tii
        n subtract nn
        t timeadd du
        T timestamp regex_replace(timestamp(), "[0-9]", "9")
        t title t
        t trim tt
        t trimprefix tt
        t trimspace t
        t trimsuffix tt
        a try aa
        A unixtimestampparse n
        t upper t
        t urlencode t
        T uuidv4 regex_replace(uuidv4(), "[0-9a-f]", "x")
        t uuidv5 uuidv5("dns", @t)
        l values o
        o zipmap zipmap(["a", @t], [@n, @t])
        O zipmap lm
        """.split(separator: "\n").map { line in
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            let isTemplate = words[2].contains("(")
            let template = isTemplate ? words[2] : "\(words[1])(\(arguments(words[2])))"
            return Row(kind: Character(words[0]), name: words[1], template: template)
        }

    /// The places of arguments: `@n, @n`, and `@+n` for any number more.
    private static func arguments(_ kinds: String) -> String {
        let places = kinds.filter { $0 != "*" }.map { "@\($0)" }.joined(separator: ", ")
        return kinds.last == "*" ? places + "@+" + String(kinds.dropLast().suffix(1)) : places
    }
}
