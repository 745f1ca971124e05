#include "pipeline/bound_scalar.h"

#include "base/text.h"

namespace batchmill::pipeline {

namespace {

constexpr const char* kLiteralForm = "${{parent.inputs.x}} of a literal";

std::vector<std::string> allowed_forms(const CheckContext& context, bool bindable) {
  if (!bindable || !context.has_parent) return {"no expression"};
  return {kLiteralForm};
}

// The literal that an expression stands for.
std::optional<yaml::Scalar> literal_of(CheckContext& context, const Expression& expression,
                                       const NamedScalar& at, bool bindable,
                                       std::optional<SourcePlace>& from) {
  if (!bindable || !context.has_parent || expression.form != ExpressionForm::kParentInput) {
    report_form(context, expression, at, allowed_forms(context, bindable));
    return std::nullopt;
  }
  const PipelineInput* input = find_parent_input(context, expression, at);
  if (input == nullptr || input->kind == PipelineInput::Kind::kBroken) return std::nullopt;
  if (input->kind == PipelineInput::Kind::kMissing) {
    report_no_value(context, *input, expression.name, at.step);
    return std::nullopt;
  }
  if (input->kind == PipelineInput::Kind::kData) {
    report_form(context, expression, at, allowed_forms(context, bindable));
    return std::nullopt;
  }
  from = input->place;
  return input->literal;
}

std::optional<BoundScalar> bind_parts(CheckContext& context, const NamedScalar& at,
                                      const Template& parsed, bool bindable) {
  BoundScalar bound;
  bound.is_text_only = true;
  std::string text;
  bool is_known = true;
  for (const Piece& piece : parsed.pieces) {
    if (piece.kind != Piece::Kind::kExpression) {
      text += piece.text;
      continue;
    }
    const auto literal = literal_of(context, piece.expression, at, bindable, bound.from);
    is_known = is_known && literal.has_value();
    if (literal) {
      text += yaml::python_text(*literal);
      bound.scalar = *literal;
    }
  }
  if (!is_known) return std::nullopt;
  if (parsed.whole() == nullptr) {
    bound.scalar = {};
    bound.scalar.text = text;
  }
  return bound;
}

}  // namespace

bool is_from_set(const SourcePlace& place) {
  return place.line == 0 && place.file.starts_with("--");
}

SourcePlace place_of(const CheckContext& context, const yaml::Value& value,
                     const Expression& expression) {
  return context.place_within(value, expression.text);
}

void report_unclosed(CheckContext& context, const NamedScalar& at) {
  const std::string& text = at.value.text();
  const std::size_t offset = parse_template(text).unclosed_offset;
  std::size_t ordinal = 0;
  for (auto found = text.find("${{"); found < offset; found = text.find("${{", found + 1)) {
    ++ordinal;
  }
  context.report(diagnose(201, context.place_within(at.value, "${{", ordinal))
                     .at(at.path)
                     .found(text.substr(offset)));
}

void report_form(CheckContext& context, const Expression& expression, const NamedScalar& at,
                 std::vector<std::string> forms) {
  context.report(diagnose(202, place_of(context, at.value, expression))
                     .with("e", expression.text)
                     .with("k", at.key)
                     .with("forms", join(forms, ", "))
                     .at(at.path)
                     .found(expression.text)
                     .allowed(std::move(forms)));
}

const PipelineInput* find_parent_input(CheckContext& context, const Expression& expression,
                                       const NamedScalar& at) {
  const std::string name = declared_name(expression.name, [&](const std::string& candidate) {
    return context.inputs.contains(candidate);
  });
  if (!name.empty()) return &context.inputs.at(name);
  const auto names = names_of(context.inputs);
  context.report(diagnose(204, place_of(context, at.value, expression))
                     .with("x", expression.name)
                     .at(at.path)
                     .found(expression.name)
                     .allowed(names)
                     .near(names));
  return nullptr;
}

void report_no_value(CheckContext& context, const PipelineInput& input, const std::string& name,
                     const std::string& step) {
  context.report(diagnose(401, input.place).with("x", name).with("s", step).at(input.path));
}

std::optional<BoundScalar> bind_scalar(CheckContext& context, const NamedScalar& at,
                                       bool bindable) {
  const std::string& text = at.value.text();
  if (!mentions_expression(text)) {
    BoundScalar bound;
    bound.scalar = yaml::resolve(at.value);
    bound.is_text_only = is_from_set(at.value.place());
    return bound;
  }
  const Template parsed = parse_template(text);
  if (parsed.unclosed) {
    report_unclosed(context, at);
    return std::nullopt;
  }
  return bind_parts(context, at, parsed, bindable);
}

void warn_if_reread(CheckContext& context, const yaml::Value& value, const std::string& path) {
  if (!value.is_scalar() || !value.is_plain()) return;
  const yaml::Scalar scalar = yaml::resolve(value);
  const std::string text = yaml::python_text(scalar);
  const bool is_date = scalar.kind == yaml::ScalarKind::kDate;
  if (text == value.text() && !is_date) return;
  const std::string name = yaml::name_of(scalar.kind);
  std::string type = (name == "integer" ? "an " : "a ") + name;
  if (!is_date) type += " (" + text + ")";
  context.report(diagnose(110, value)
                     .with("text", value.text())
                     .with("type", type)
                     .at(path)
                     .found(value.text()));
}

}  // namespace batchmill::pipeline
