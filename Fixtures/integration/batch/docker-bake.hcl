# Eight targets as people write them: a base that most are built from, a matrix, groups, inheritance, a function and
# variables. Each writes its name into the file COUNT of a cache mount, so that it can be told how often it was built.
variable "COUNT" {}

variable "TAG" {
  default = "1"
}

function "name" {
  params = [subject]
  result = ["batch/${subject}:${TAG}"]
}

group "default" {
  targets = ["services", "tools"]
}

group "services" {
  targets = ["api", "web"]
}

group "tools" {
  targets = ["tool", "docs"]
}

target "base" {
  dockerfile = "base.Dockerfile"
  args       = { COUNT = COUNT }
}

target "library" {
  dockerfile-inline = <<-END
    FROM base
    ARG COUNT
    COPY docker-bake.hcl /definition
    RUN --mount=type=cache,id=batch-count,target=/count echo library >>/count/$COUNT
  END
  contexts          = { base = "target:base" }
  args              = { COUNT = COUNT }
}

target "common" {
  contexts = { base = "target:base", library = "target:library" }
  args     = { COUNT = COUNT, WORD = upper("word") }
  labels   = { team = "shop", "with space" = "a b" }
}

target "api" {
  inherits = ["common"]
  target   = "service"
  args     = { NAME = "api" }
  tags     = name("api")
}

target "web" {
  inherits = ["api"]
  args     = { NAME = "web", WORD = null }
  contexts = { extra = "extra" }
  labels   = { team = "web" }
  tags     = name("web")
}

target "tool" {
  name     = "tool-${size}-${kind}"
  matrix   = { size = ["small", "large", "huge"], kind = ["a"] }
  inherits = ["common"]
  target   = "tool"
  args     = { NAME = "tool-${size}", SIZE = strlen(size) }
  tags     = name("tool-${size}")
}

target "docs" {
  context  = "extra"
  contexts = { api = "target:api" }
  args     = { COUNT = COUNT }
  tags     = name("docs")
}

# Takes out of the cache mount what the others have counted.
target "count" {
  dockerfile-inline = <<-END
    FROM base AS count
    ARG COUNT
    RUN --mount=type=cache,id=batch-count,target=/count cp /count/$COUNT /counted
    FROM scratch
    COPY --from=count /counted /
  END
  contexts          = { base = "target:base" }
  args              = { COUNT = COUNT }
  output            = ["counted"]
}
