#include "pipeline/component.h"

#include <algorithm>

namespace batchmill::pipeline {

namespace {

template <typename Declared>
const Declared* find_named(const std::vector<Declared>& all, const std::string& name) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Declared& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

const DeclaredInput* find_input(const Component& component, const std::string& name) {
  return find_named(component.inputs, name);
}

const DeclaredOutput* find_output(const Component& component, const std::string& name) {
  return find_named(component.outputs, name);
}

}  // namespace batchmill::pipeline
