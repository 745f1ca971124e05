#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/source_place.h"

// A YAML file as an immutable tree in which every key and value knows its place
// (pipeline-yaml.md 3.2). Acceptance is libyaml's, the engine of PyYAML. What scalars mean is
// told by base/yaml/scalar.h; how `--set` changes a tree by base/yaml/edit.h.
namespace batchmill::yaml {

enum class Kind { kScalar, kSequence, kMapping };
enum class Style { kPlain, kSingleQuoted, kDoubleQuoted, kLiteral, kFolded };

struct Node;   // defined in node.h, of no interest outside this folder
struct Arena;  // owns the nodes of a document
struct Entry;

// A use of a node at a place. Cheap to copy; valid as long as its Document (or a copy of it)
// lives. A default-constructed Value is "nothing there": kind() may not be asked of it.
//
// Below an alias or a `<<` merge all values have the place of the use; `anchor()` tells where
// the node itself is written.
class Value {
 public:
  Value() = default;
  Value(const Node* node, const SourcePlace* use) : node_(node), use_(use) {}

  explicit operator bool() const { return node_ != nullptr; }
  Kind kind() const;
  bool is_scalar() const { return node_ != nullptr && kind() == Kind::kScalar; }
  bool is_sequence() const { return node_ != nullptr && kind() == Kind::kSequence; }
  bool is_mapping() const { return node_ != nullptr && kind() == Kind::kMapping; }

  // Where it is used. A span lies on one line: of several lines it is the part on the first.
  const SourcePlace& place() const;
  // Where the node is written, if that is another place than the use; else null.
  const SourcePlace* anchor() const;

  // Scalars. `text` is what stands there after quotes, escapes and folding.
  const std::string& text() const;  // "" for collections
  Style style() const;
  // True where YAML 1.1 rules decide the type: written plain, without a tag.
  bool is_plain() const;
  // The explicit tag ("tag:yaml.org,2002:str"), or "".
  const std::string& tag() const;

  // Collections: number of items or entries; 0 for scalars.
  std::size_t size() const;
  Value item(std::size_t index) const;
  std::vector<Value> items() const;  // empty unless a sequence
  // In the order of the file; entries from a `<<` merge stand where the `<<` stands, own keys win.
  // Keys are scalars and unique by their text (of a key twice the first entry is kept).
  std::vector<Entry> entries() const;
  // The value of a key, or nothing.
  Value find(std::string_view key) const;
  std::optional<Entry> find_entry(std::string_view key) const;

  const Node* node() const { return node_; }
  const SourcePlace* use() const { return use_; }

 private:
  const Node* node_ = nullptr;
  const SourcePlace* use_ = nullptr;  // of the outermost alias or merge passed, or null
};

struct Entry {
  Value key;
  Value value;
  bool merged = false;  // came by `<<`
};

// What is wrong with the text itself. `kSyntax` leaves no tree; the others do.
enum class ProblemKind { kSyntax, kDuplicateKey, kSecondDocument };

struct Problem {
  ProblemKind kind = ProblemKind::kSyntax;
  SourcePlace place;
  std::string text;     // kSyntax: what is wrong; kDuplicateKey: the key
  std::string context;  // kSyntax: what was being read ("while parsing a block mapping"), or ""
  SourcePlace other;    // kSyntax: where that began (line 0: unknown); kDuplicateKey: the first
  std::string hint;     // kSyntax: what to do, or ""
  std::string path;     // kDuplicateKey: YAML path of the mapping, "" for the top
};

// Bounds on what one file may ask for; beyond them it is refused as kSyntax.
struct Limits {
  std::size_t bytes = std::size_t{64} << 20;
  std::size_t depth = 200;
  std::size_t values = 2'000'000;  // with every alias counted as often as it is used
};

class Document {
 public:
  Document();

  const std::string& file() const;  // as given to parse()
  const std::string& text() const;  // as given to parse(), without a byte order mark
  // The content; nothing for an empty file or after a syntax problem.
  Value root() const { return root_; }
  const std::vector<Problem>& problems() const { return problems_; }
  bool has_syntax_problem() const;

  // Where `needle` stands in the source of the scalar (an expression within a command, say); its
  // `occurrence`-th appearance. The scalar's own place where it cannot be found as written, and
  // for values used by alias.
  SourcePlace place_within(const Value& scalar, std::string_view needle,
                           std::size_t occurrence = 0) const;

 private:
  friend class TreeBuilder;
  friend class TreeEditor;
  std::shared_ptr<Arena> arena_;
  Value root_;
  std::vector<Problem> problems_;
};

// Never fails as a whole: what is wrong stands in problems(). `file` becomes the file of all
// places.
Document parse(std::string file, std::string text, const Limits& limits = {});

// "jobs" + "score" -> "jobs.score"; "inputs" + 0 -> "inputs[0]".
std::string join_path(std::string_view parent, std::string_view key);
std::string join_path(std::string_view parent, std::size_t index);

}  // namespace batchmill::yaml
