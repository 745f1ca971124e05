#pragma once

#include <string>
#include <utility>

#include "pipeline/key_table.h"

// How the rows of the key table are written.
namespace batchmill::pipeline {

class KeyRow {
 public:
  KeyRow(std::string name, ValueKind kind, std::string help) {
    rule_.name = std::move(name);
    rule_.kind = kind;
    rule_.help = std::move(help);
  }
  KeyRow& required(std::string example) {
    rule_.required = true;
    rule_.example = std::move(example);
    return *this;
  }
  KeyRow& unless(std::string key) {
    rule_.unless = std::move(key);
    return *this;
  }
  KeyRow& standard(std::string default_text) {
    rule_.default_text = std::move(default_text);
    return *this;
  }
  KeyRow& like(std::string example) {
    rule_.example = std::move(example);
    return *this;
  }
  KeyRow& bindable() {
    rule_.bindable = true;
    return *this;
  }
  KeyRow& between(double least, double most) {
    rule_.range = Range{least, most};
    return *this;
  }
  KeyRow& clamped() {
    rule_.clamps = true;
    return *this;
  }
  KeyRow& unset_by(double value) {
    rule_.unset = value;
    return *this;
  }
  KeyRow& one_of(std::vector<std::string> allowed) {
    rule_.allowed = std::move(allowed);
    return *this;
  }
  KeyRow& later_values(std::vector<std::string> values) {
    rule_.later = std::move(values);
    return *this;
  }
  KeyRow& holds(MappingKind child) {
    rule_.child = child;
    return *this;
  }
  KeyRow& own() {
    rule_.own = true;
    return *this;
  }
  KeyRow& whole() {
    rule_.whole = true;
    return *this;
  }
  KeyRow& ignored() {
    rule_.effect = KeyEffect::kIgnored;
    return *this;
  }
  KeyRow& later(std::string workaround) {
    rule_.effect = KeyEffect::kLater;
    rule_.workaround = std::move(workaround);
    return *this;
  }
  operator KeyRule() const { return rule_; }  // NOLINT(google-explicit-constructor)

 private:
  KeyRule rule_;
};

// Largest values of the original.
constexpr double kMostInteger = 2147483647;
constexpr double kMostSeconds = 259200;  // three days

std::vector<KeyRule> pipeline_job_keys();
std::vector<KeyRule> command_job_keys();
std::vector<KeyRule> settings_keys();
std::vector<KeyRule> command_step_keys();
std::vector<KeyRule> parallel_step_keys();
std::vector<KeyRule> task_keys();
std::vector<KeyRule> retry_settings_keys();
std::vector<KeyRule> resources_keys();
std::vector<KeyRule> limits_keys();
std::vector<KeyRule> distribution_keys();
std::vector<KeyRule> input_keys();
std::vector<KeyRule> output_keys();
std::vector<KeyRule> environment_keys();
std::vector<KeyRule> build_keys();
std::vector<KeyRule> command_component_keys();
std::vector<KeyRule> parallel_component_keys();
std::vector<KeyRule> component_input_keys();
std::vector<KeyRule> component_output_keys();

}  // namespace batchmill::pipeline
