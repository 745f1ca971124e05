#include "pipeline/input_entry.h"

#include "pipeline/check_inputs.h"
#include "pipeline/fields.h"

namespace batchmill::pipeline {

namespace {

void read_mapping(CheckContext& context, InputEntry& input, const yaml::Value& mapping,
                  const std::string& step) {
  const Fields fields(context, mapping,
                      {MappingKind::kInput, input.path, input.place, std::nullopt, {}, step});
  const bool is_broken = (fields.stands("type") && !fields.value("type")) ||
                         (fields.stands("mode") && !fields.value("mode")) ||
                         (fields.stands("path") && !fields.value("path"));
  input.type_value = fields.value("type");
  input.mode_value = fields.value("mode");
  if (const auto type = fields.text("type")) input.type = data_type_from(type->value);
  if (const auto mode = fields.text("mode")) {
    input.mode = input_mode_from(mode->value);
    if (!input.mode) {
      const DataType type = input.type.value_or(DataType::kUriFolder);
      report_mode(context, input.mode_value, fields.path("mode"), name_of(type), input_modes(type));
      return;
    }
  }
  if (is_broken) return;
  const bool has_path = static_cast<bool>(fields.value("path"));
  input.scalar = fields.value(has_path ? "path" : "value");
  input.scalar_path = fields.path(has_path ? "path" : "value");
  input.kind = has_path ? InputEntry::Kind::kPath : InputEntry::Kind::kLiteral;
  if (!input.scalar) input.kind = InputEntry::Kind::kMissing;
}

void report_shape(CheckContext& context, const yaml::Value& value, const std::string& name,
                  const std::string& path, const char* type) {
  context.report(diagnose(108, value)
                     .with("k", name)
                     .with("type", type)
                     .with("actual", value.is_mapping() ? "a mapping" : "a list")
                     .at(path));
}

}  // namespace

InputEntry read_input_entry(CheckContext& context, const yaml::Entry& entry,
                            const std::string& section, const std::string& step) {
  InputEntry input;
  input.name = entry.key.text();
  input.path = yaml::join_path(section, input.name);
  input.place = entry.key.place();
  if (yaml::is_null(entry.value)) {
    input.kind = InputEntry::Kind::kMissing;
  } else if (entry.value.is_scalar()) {
    input.kind = InputEntry::Kind::kLiteral;
    input.scalar = entry.value;
    input.scalar_path = input.path;
  } else if (entry.value.is_mapping()) {
    read_mapping(context, input, entry.value, step);
  } else {
    report_shape(context, entry.value, input.name, input.path, "a literal or a mapping");
  }
  if (input.kind == InputEntry::Kind::kLiteral && !input.scalar.is_scalar()) {
    report_shape(context, input.scalar, "value", input.scalar_path, "a literal");
    input.kind = InputEntry::Kind::kBroken;
  }
  return input;
}

}  // namespace batchmill::pipeline
