#pragma once

#include <string>
#include <vector>

#include "base/yaml/document.h"
#include "model/catalogue.h"
#include "model/diagnostic.h"

namespace batchmill::data {

// "a list", "a mapping", "an integer", ...; what stands there, for messages.
std::string described(const yaml::Value& value);

// Collects what is wrong with an MLTable file; the parts of the check report here.
class MltableProblems {
 public:
  void add(const Diagnostic& diagnostic) { diagnostics_.push_back(diagnostic); }
  // BM108
  void wrong_type(const std::string& key, const std::string& type, const yaml::Value& value,
                  const std::string& path);
  // BM112. `what` is the key, or "key: value" where only the value is refused.
  void later(const std::string& what, const std::string& workaround, const yaml::Value& place,
             const std::string& path);
  // BM105
  void unknown_key(const yaml::Entry& entry, const std::string& kind,
                   const std::vector<std::string>& allowed, const std::string& path);
  // BM109
  void no_choice(const std::string& key, const yaml::Value& value,
                 const std::vector<std::string>& allowed, const std::string& path);

  bool has_errors() const;
  // By place, with the source lines.
  std::vector<Diagnostic> finish(const std::string& text);

 private:
  std::vector<Diagnostic> diagnostics_;
};

}  // namespace batchmill::data
