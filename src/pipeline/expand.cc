#include "pipeline/expand.h"

#include "pipeline/expressions.h"
#include "pipeline/shell_words.h"

namespace batchmill::pipeline {

namespace {

struct Value {
  std::string text;
  bool is_path = false;
};

// The value of an expression, or nothing for an input without one.
Result<std::optional<Value>> look_up(const Expression& expression, const Bindings& bindings) {
  const bool is_input = expression.form == ExpressionForm::kInput;
  if (!is_input && expression.form != ExpressionForm::kOutput) {
    return fail(ErrorKind::kInvalid, expression.text + " cannot be used here");
  }
  const auto& known = is_input ? bindings.inputs : bindings.outputs;
  const std::string name = declared_name(
      expression.name, [&](const std::string& candidate) { return known.contains(candidate); });
  if (name.empty()) return std::optional<Value>();
  return std::optional<Value>({known.at(name), !is_input || !bindings.literals.contains(name)});
}

// A text after expansion; values keep apart what is a path.
struct Expanded {
  std::string text;
  bool is_path = false;
};

class Expander {
 public:
  explicit Expander(const Bindings& bindings) : bindings_(bindings) {}

  Result<std::vector<Expanded>> run(const std::string& text) {
    const Template parsed = parse_template(text);
    if (parsed.unclosed) return fail(ErrorKind::kInvalid, "'${{' is not closed");
    for (const Piece& piece : parsed.pieces) BM_TRY(add(piece));
    return std::move(done_);
  }

 private:
  Result<void> add(const Piece& piece) {
    switch (piece.kind) {
      case Piece::Kind::kText:
        out().push_back({piece.text, false});
        break;
      case Piece::Kind::kSegmentBegin:
        in_segment_ = true;
        keep_segment_ = true;
        break;
      case Piece::Kind::kSegmentEnd:
        if (keep_segment_) done_.insert(done_.end(), segment_.begin(), segment_.end());
        segment_.clear();
        in_segment_ = false;
        break;
      case Piece::Kind::kExpression:
        return add(piece.expression);
    }
    return {};
  }

  Result<void> add(const Expression& expression) {
    BM_ASSIGN(const std::optional<Value> value, look_up(expression, bindings_));
    if (value) {
      out().push_back({value->text, value->is_path});
    } else if (in_segment_ && expression.form == ExpressionForm::kInput) {
      keep_segment_ = false;
    } else {
      return fail(ErrorKind::kInvalid, expression.text + " has no value");
    }
    return {};
  }

  std::vector<Expanded>& out() { return in_segment_ ? segment_ : done_; }

  const Bindings& bindings_;
  std::vector<Expanded> done_;
  std::vector<Expanded> segment_;
  bool in_segment_ = false;
  bool keep_segment_ = true;
};

}  // namespace

Result<std::string> expand(const std::string& text, const Bindings& bindings) {
  BM_ASSIGN(const std::vector<Expanded> parts, Expander(bindings).run(text));
  std::string result;
  for (const Expanded& part : parts) result += part.text;
  return result;
}

Result<std::vector<std::string>> expand_arguments(const std::string& text,
                                                  const Bindings& bindings) {
  BM_ASSIGN(const std::vector<Expanded> parts, Expander(bindings).run(text));
  std::vector<WordPart> line;
  for (const Expanded& part : parts) line.push_back({part.text, part.is_path});
  Words split = split_words(line);
  if (split.unclosed) return fail(ErrorKind::kInvalid, "a quote in the arguments is not closed");
  return std::move(split.words);
}

}  // namespace batchmill::pipeline
