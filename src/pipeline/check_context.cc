#include "pipeline/check_context.h"

namespace batchmill::pipeline {

const SourceFile& CheckContext::source_of(const yaml::Value& value) const {
  for (const SourceFile& source : sources) {
    if (value && source.document.file() == value.place().file) return source;
  }
  return sources.front();
}

const StepOutline* CheckContext::find_step(const std::string& name) const {
  for (const StepOutline& step : steps) {
    if (step.name == name) return &step;
  }
  return nullptr;
}

std::vector<std::string> CheckContext::step_names() const {
  std::vector<std::string> names;
  for (const StepOutline& step : steps) names.push_back(step.name);
  return names;
}

std::vector<std::string> key_texts(const yaml::Value& mapping) {
  std::vector<std::string> names;
  for (const yaml::Entry& entry : mapping.entries()) names.push_back(entry.key.text());
  return names;
}

}  // namespace batchmill::pipeline
