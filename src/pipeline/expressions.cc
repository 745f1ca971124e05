#include "pipeline/expressions.h"

#include <algorithm>

#include "base/text.h"

namespace batchmill::pipeline {

namespace {

constexpr std::string_view kOpen = "${{";
constexpr std::string_view kClose = "}}";
constexpr std::string_view kSegmentOpen = "$[[";
constexpr std::string_view kSegmentClose = "]]";

bool has_blank(std::string_view text) {
  return text.find_first_of(" \t\r\n") != std::string_view::npos;
}

// The text after `prefix`, if that is not empty.
bool take_prefix(std::string_view text, std::string_view prefix, std::string_view& rest) {
  if (!text.starts_with(prefix) || text.size() == prefix.size()) return false;
  rest = text.substr(prefix.size());
  return true;
}

// "S.outputs.Y" -> S and Y.
bool take_step(std::string_view text, std::string_view section, Expression& expression) {
  const auto dot = text.find('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  std::string_view name;
  if (!take_prefix(text.substr(dot), section, name)) return false;
  expression.step = text.substr(0, dot);
  expression.name = name;
  return true;
}

void classify(std::string_view inside, Expression& expression) {
  std::string_view rest;
  const auto named = [&](std::string_view prefix, ExpressionForm form) {
    if (!take_prefix(inside, prefix, rest)) return false;
    expression.form = form;
    expression.name = rest;
    return true;
  };
  if (inside == "name") {
    expression.form = ExpressionForm::kJobName;
  } else if (inside == "output_name") {
    expression.form = ExpressionForm::kOutputName;
  } else if (inside == "default_datastore") {
    expression.form = ExpressionForm::kDefaultDatastore;
  } else if (take_prefix(inside, "parent.jobs.", rest)) {
    if (take_step(rest, ".outputs.", expression)) {
      expression.form = ExpressionForm::kStepOutput;
    } else if (take_step(rest, ".inputs.", expression)) {
      expression.form = ExpressionForm::kStepInput;
    }
  } else if (take_prefix(inside, "jobs.", rest)) {
    if (take_step(rest, ".outputs.", expression)) expression.form = ExpressionForm::kOldStepOutput;
  } else if (!named("parent.inputs.", ExpressionForm::kParentInput) &&
             !named("parent.outputs.", ExpressionForm::kParentOutput) &&
             !named("inputs.", ExpressionForm::kInput)) {
    named("outputs.", ExpressionForm::kOutput);
  }
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Template run() {
    while (position_ < text_.size() && !result_.unclosed) step();
    end_text(text_.size());
    return std::move(result_);
  }

 private:
  void step() {
    const std::string_view rest = text_.substr(position_);
    if (rest.starts_with(kOpen)) {
      expression();
    } else if (segment_end_ == 0 && rest.starts_with(kSegmentOpen)) {
      segment_begin();
    } else if (segment_end_ != 0 && position_ == segment_end_) {
      end_text(position_);
      add(Piece::Kind::kSegmentEnd, kSegmentClose.size());
      segment_end_ = 0;
    } else {
      ++position_;
    }
  }

  void expression() {
    const auto close = text_.find(kClose, position_ + kOpen.size());
    end_text(position_);
    if (close == std::string_view::npos) {
      result_.unclosed = true;
      result_.unclosed_offset = position_;
      return;
    }
    const auto begin = position_ + kOpen.size();
    Expression parsed = parse_expression(text_.substr(begin, close - begin));
    add(Piece::Kind::kExpression, close + kClose.size() - position_);
    result_.pieces.back().expression = std::move(parsed);
  }

  void segment_begin() {
    const auto begin = position_ + kSegmentOpen.size();
    const auto close = text_.find(kSegmentClose, begin);
    if (close == std::string_view::npos ||
        text_.substr(begin, close - begin).find(kOpen) == std::string_view::npos) {
      position_ = begin;
      return;
    }
    end_text(position_);
    add(Piece::Kind::kSegmentBegin, kSegmentOpen.size());
    segment_end_ = close;
  }

  void end_text(std::size_t end) {
    if (end > text_begin_) {
      result_.pieces.push_back({Piece::Kind::kText,
                                std::string(text_.substr(text_begin_, end - text_begin_)),
                                {},
                                text_begin_});
    }
    text_begin_ = end;
  }

  void add(Piece::Kind kind, std::size_t length) {
    result_.pieces.push_back({kind, std::string(text_.substr(position_, length)), {}, position_});
    position_ += length;
    text_begin_ = position_;
  }

  std::string_view text_;
  std::size_t position_ = 0;
  std::size_t text_begin_ = 0;
  std::size_t segment_end_ = 0;  // of the open segment; 0: none is open
  Template result_;
};

}  // namespace

Expression parse_expression(std::string_view inside) {
  Expression expression;
  expression.text = std::string(kOpen) + std::string(inside) + std::string(kClose);
  const std::string_view token = trim(inside);
  if (!token.empty() && !has_blank(token)) classify(token, expression);
  return expression;
}

bool Template::has_expressions() const {
  return std::any_of(pieces.begin(), pieces.end(),
                     [](const Piece& piece) { return piece.kind == Piece::Kind::kExpression; });
}

std::vector<Expression> Template::expressions() const {
  std::vector<Expression> found;
  for (const Piece& piece : pieces) {
    if (piece.kind == Piece::Kind::kExpression) found.push_back(piece.expression);
  }
  return found;
}

const Expression* Template::whole() const {
  const Expression* only = nullptr;
  for (const Piece& piece : pieces) {
    if (piece.kind == Piece::Kind::kExpression && only == nullptr) {
      only = &piece.expression;
    } else if (piece.kind != Piece::Kind::kText || !trim(piece.text).empty()) {
      return nullptr;
    }
  }
  return only;
}

Template parse_template(std::string_view text) { return Lexer(text).run(); }

bool mentions_expression(std::string_view text) {
  return text.find(kOpen) != std::string_view::npos;
}

}  // namespace batchmill::pipeline
