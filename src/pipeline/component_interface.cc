#include "pipeline/component_interface.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "pipeline/check_inputs.h"
#include "pipeline/fields.h"

namespace batchmill::pipeline {

namespace {

struct LiteralName {
  std::string_view type;
  LiteralType literal;
  std::string_view described;
  std::string_view example;
};
constexpr std::array kLiterals = {
    LiteralName{"string", LiteralType::kText, "a string", "text"},
    LiteralName{"integer", LiteralType::kInteger, "an integer", "10"},
    LiteralName{"number", LiteralType::kNumber, "a number", "0.5"},
    LiteralName{"boolean", LiteralType::kBoolean, "a boolean", "true"},
};

const LiteralName& name_of_literal(LiteralType literal) {
  return kLiterals.at(static_cast<std::size_t>(literal));
}

// Nothing for what is none of the type.
std::optional<std::string> converted(LiteralType literal, const std::string& text) {
  const yaml::Scalar scalar = text_scalar(text);
  switch (literal) {
    case LiteralType::kText:
      return text;
    case LiteralType::kInteger:
      if (const auto value = as_integer(scalar)) return std::to_string(*value);
      return std::nullopt;
    case LiteralType::kNumber:
      return as_number(scalar) ? std::optional(text) : std::nullopt;
    case LiteralType::kBoolean: {
      const std::string word = to_lower(trim(text));
      return word == "true" || word == "false" ? std::optional(text) : std::nullopt;
    }
  }
  return std::nullopt;
}

bool is_outside(const DeclaredInput& input, double value) {
  return (input.least && value < *input.least) || (input.most && value > *input.most);
}

std::string bound_or(const std::optional<double>& bound, const char* otherwise) {
  return bound ? fmt::format("{}", *bound) : otherwise;
}

class InterfaceReader {
 public:
  InterfaceReader(CheckContext& context, Component& component, const std::string& step)
      : context_(context), component_(component), step_(step) {}

  void read() {
    for (const yaml::Entry& entry : section("inputs").entries()) read_input(entry);
    for (const yaml::Entry& entry : section("outputs").entries()) read_output(entry);
  }

 private:
  yaml::Value section(const char* name) const { return component_.mapping.find(name); }

  std::string path_of(const char* section, const yaml::Entry& entry) const {
    return yaml::join_path(yaml::join_path(component_.path, section), entry.key.text());
  }

  // The fields of a declaration; nothing after a report.
  std::optional<Fields> declaration(const yaml::Entry& entry, const char* section,
                                    MappingKind kind) {
    const std::string path = path_of(section, entry);
    check_io_name(context_, entry, yaml::join_path(component_.path, section),
                  kind == MappingKind::kComponentInput ? "an input" : "an output");
    if (!entry.value.is_mapping()) {
      context_.report(diagnose(108, entry.value)
                          .with("k", entry.key.text())
                          .with("type", "a mapping")
                          .with("actual", entry.value.is_sequence()    ? "a list"
                                          : yaml::is_null(entry.value) ? "null"
                                                                       : "a string")
                          .with("example", "{type: uri_folder}")
                          .at(path));
      return std::nullopt;
    }
    return Fields(
        context_, entry.value,
        {kind, path, entry.key.place(), std::nullopt, {}, step_, SettingOrigin::kComponent});
  }

  void read_input(const yaml::Entry& entry) {
    const std::size_t reported = context_.diagnostics.size();
    DeclaredInput input;
    input.name = entry.key.text();
    const auto fields = declaration(entry, "inputs", MappingKind::kComponentInput);
    if (fields) {
      read_type(*fields, input);
      const auto optional = fields->boolean("optional");
      input.optional = optional && optional->value;
      if (const auto least = fields->number("min")) input.least = least->value;
      if (const auto most = fields->number("max")) input.most = most->value;
      for (const yaml::Value& choice : fields->value("enum").items()) {
        if (choice.is_scalar()) input.choices.push_back(yaml::python_text(yaml::resolve(choice)));
      }
      if (const auto mode = fields->text("mode")) input.mode = input_mode_from(mode->value);
      read_default(*fields, input);
    }
    input.broken = context_.diagnostics.size() > reported;
    component_.inputs.push_back(std::move(input));
  }

  static void read_type(const Fields& fields, DeclaredInput& input) {
    const auto type = fields.text("type");
    if (!type) return;
    for (const LiteralName& name : kLiterals) {
      if (type->value == name.type) input.literal = name.literal;
    }
    input.data = data_type_from(type->value);
  }

  void read_default(const Fields& fields, DeclaredInput& input) {
    const yaml::Value standard = fields.value("default");
    if (!standard || !fields.text("type")) return;
    const std::string path = fields.path("default");
    if (!input.literal || !standard.is_scalar()) {
      context_.report(diagnose(105, fields.key_place("default"))
                          .with("k", "default")
                          .with("kind", "an input of data")
                          .at(path)
                          .found("default")
                          .help("write 'optional: true', or let the step bind it"));
      return;
    }
    input.standard_place = standard.place();
    const std::string text = yaml::python_text(yaml::resolve(standard));
    input.standard = typed_literal(context_, input, text, standard.place(), path);
  }

  void read_output(const yaml::Entry& entry) {
    DeclaredOutput output;
    output.name = entry.key.text();
    if (yaml::is_null(entry.value)) {
      component_.outputs.push_back(std::move(output));
      return;
    }
    if (const auto fields = declaration(entry, "outputs", MappingKind::kComponentOutput)) {
      if (const auto type = fields->text("type")) {
        output.type = data_type_from(type->value).value_or(DataType::kUriFolder);
      }
      if (const auto mode = fields->text("mode")) output.mode = output_mode_from(mode->value);
    }
    component_.outputs.push_back(std::move(output));
  }

  CheckContext& context_;
  Component& component_;
  const std::string& step_;
};

}  // namespace

std::string_view describe(LiteralType type) { return name_of_literal(type).described; }

void read_interface(CheckContext& context, Component& component, const std::string& step) {
  InterfaceReader(context, component, step).read();
}

std::optional<std::string> typed_literal(CheckContext& context, const DeclaredInput& input,
                                         const std::string& text, const SourcePlace& place,
                                         const std::string& path) {
  const LiteralName& name = name_of_literal(*input.literal);
  auto value = converted(*input.literal, text);
  if (!value) {
    context.report(diagnose(407, place)
                       .with("v", text)
                       .with("type", std::string(name.described))
                       .with("example", std::string(name.example))
                       .at(path)
                       .found(text));
    return std::nullopt;
  }
  const bool is_number =
      input.literal == LiteralType::kInteger || input.literal == LiteralType::kNumber;
  if (is_number && is_outside(input, *as_number(text_scalar(text)))) {
    context.report(diagnose(408, place)
                       .with("v", text)
                       .with("min", bound_or(input.least, "any"))
                       .with("max", bound_or(input.most, "any"))
                       .at(path)
                       .found(text));
    return std::nullopt;
  }
  const auto& choices = input.choices;
  if (!choices.empty() && std::find(choices.begin(), choices.end(), *value) == choices.end()) {
    context.report(diagnose(109, place)
                       .with("v", text)
                       .with("k", input.name)
                       .at(path)
                       .found(text)
                       .allowed(choices)
                       .near(choices));
    return std::nullopt;
  }
  return value;
}

}  // namespace batchmill::pipeline
