#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "model/setting.h"
#include "pipeline/check_context.h"
#include "pipeline/key_table.h"
#include "pipeline/setting_value.h"
#include "pipeline/typed_scalar.h"

namespace batchmill::pipeline {

// A mapping of the file and where it hangs.
struct Owner {
  MappingKind kind = MappingKind::kPipelineJob;
  std::string path;   // YAML path; "" for the top
  SourcePlace place;  // what a message about the whole mapping points at
  std::optional<MappingKind> parent;
  std::string parent_path;
  std::string step;  // the step that it belongs to; "" outside of steps
  SettingOrigin origin = SettingOrigin::kNode;
  bool is_open = false;  // the rest stands where it cannot be read: nothing is missing
};

// A mapping of a component, that gives what the step's does not.
struct Below {
  yaml::Value mapping;
  Owner owner;
};

// The entries of one mapping after the key table has looked at them: unknown, misplaced, foreign
// and missing keys, values of a wrong kind, type or range are reported, and bindings to literal
// inputs of the pipeline are replaced by their values. What was reported reads as absent; so do
// nulls.
//
// Of two mappings, the upper one's keys win; maps of texts and mappings that are not replaced as a
// whole are put together key by key.
class Fields {
 public:
  Fields(CheckContext& context, const yaml::Value& mapping, Owner owner,
         const std::optional<Below>& below = std::nullopt);

  const Owner& owner() const { return owner_; }
  // Given with a value, right or wrong.
  bool stands(std::string_view name) const;
  // The value as it stands, if its kind is right; nothing otherwise.
  yaml::Value value(std::string_view name) const;
  SourcePlace key_place(std::string_view name) const;
  std::string path(std::string_view name) const;
  SettingOrigin origin(std::string_view name) const;

  std::optional<GivenValue> given(std::string_view name) const;  // of any type
  std::optional<Setting<std::int64_t>> integer(std::string_view name) const;
  std::optional<Setting<double>> number(std::string_view name) const;
  std::optional<Setting<bool>> boolean(std::string_view name) const;
  std::optional<Setting<std::string>> text(std::string_view name) const;
  std::string text_or(std::string_view name, std::string otherwise) const;
  std::map<std::string, std::string> text_map(std::string_view name) const;
  // The mapping below a key of kind kMapping, looked at by the table: call once for each key.
  std::optional<Fields> child(std::string_view name) const;

  // 107 for a required key that is needless beside another one, when that one is not there.
  void report_missing(std::string_view name) const;

 private:
  struct Field {
    yaml::Value key;
    yaml::Value value;  // nothing when it was reported
    std::optional<TypedScalar> typed;
    std::map<std::string, std::string> texts;
    SettingOrigin origin = SettingOrigin::kNode;
    std::string path;   // YAML path
    yaml::Entry below;  // the same key of the component, where the two are put together
    std::string below_path;
  };
  using FieldMap = std::map<std::string, Field, std::less<>>;

  void inherit(const Fields& below);
  void read_entry(const yaml::Entry& entry);
  void report_unknown(const yaml::Entry& entry);
  bool check_effect(const yaml::Entry& entry, const KeyRule& rule);
  void read_value(const yaml::Entry& entry, const KeyRule& rule, Field& field);
  void read_text_map(const yaml::Entry& entry, const KeyRule& rule, Field& field);
  bool may_be_bound(const KeyRule& rule) const;
  void report_missing(const KeyRule& rule) const;
  const Field* find(std::string_view name) const;
  template <typename T>
  std::optional<Setting<T>> setting(std::string_view name) const;

  CheckContext& context_;
  Owner owner_;
  FieldMap fields_;
};

// 505 for a key or, with its name, an argument; a warning where the rule clamps.
DiagnosticBuilder diagnose_range(const SourcePlace& place, const KeyRule& rule,
                                 const std::string& name, const std::string& value);

// 112 for a choice of a later version; `written` is what stands before it ("append_row_format: ").
DiagnosticBuilder diagnose_later(const SourcePlace& place, const KeyRule& rule,
                                 const std::string& written, const std::string& value);

}  // namespace batchmill::pipeline
