#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// The expressions of pipeline-yaml.md 3: `${{ ... }}` and the optional segments `$[[ ... ]]`.
// Lexing only; what a name means is decided where it is bound. All functions are pure.
namespace batchmill::pipeline {

enum class ExpressionForm {
  kParentInput,       // parent.inputs.X
  kParentOutput,      // parent.outputs.Z
  kStepOutput,        // parent.jobs.S.outputs.Y
  kStepInput,         // parent.jobs.S.inputs.Y
  kInput,             // inputs.X
  kOutput,            // outputs.Y
  kOldStepOutput,     // jobs.S.outputs.Y, before the `parent.` forms
  kJobName,           // name
  kOutputName,        // output_name
  kDefaultDatastore,  // default_datastore
  kUnknown,
};

struct Expression {
  ExpressionForm form = ExpressionForm::kUnknown;
  std::string step;  // S
  std::string name;  // X, Y or Z; may hold dots
  std::string text;  // as written, "${{inputs.x}}"
};

// What stands between "${{" and "}}", blanks trimmed.
Expression parse_expression(std::string_view inside);

// A part of a text: literal text, an expression, or a mark of an optional segment.
struct Piece {
  enum class Kind { kText, kExpression, kSegmentBegin, kSegmentEnd };
  Kind kind = Kind::kText;
  std::string text;        // as written
  Expression expression;   // kExpression
  std::size_t offset = 0;  // byte offset in the text
};

// A text cut into its pieces; their texts put together are the text again. A "$[[" that is never
// closed, or whose segment holds no expression, is plain text.
struct Template {
  std::vector<Piece> pieces;
  bool unclosed = false;            // a "${{" without "}}"; the rest is a text piece
  std::size_t unclosed_offset = 0;  // of that "${{"

  bool has_expressions() const;
  std::vector<Expression> expressions() const;
  // The expression that is the whole text but for blanks around it; null otherwise.
  const Expression* whole() const;
};

Template parse_template(std::string_view text);

// True where the text holds "${{", closed or not.
bool mentions_expression(std::string_view text);

// "X.path" is an alias of "X" unless an "X.path" is declared: the declared name that is meant, or
// "" for none. `declared` answers whether a name is declared.
template <typename Declared>
std::string declared_name(const std::string& name, Declared declared) {
  constexpr std::string_view kAlias = ".path";
  if (declared(name)) return name;
  if (name.size() > kAlias.size() && name.ends_with(kAlias)) {
    const std::string plain = name.substr(0, name.size() - kAlias.size());
    if (declared(plain)) return plain;
  }
  return {};
}

}  // namespace batchmill::pipeline
