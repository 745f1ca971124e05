#include "parallel/twin_table.h"

namespace batchmill::parallel {

const Twins::Side* Twins::side(const AttemptId& id) const {
  for (const Side& each : sides) {
    if (each.id == id) return &each;
  }
  return nullptr;
}

Twins::Side* Twins::side(const AttemptId& id) {
  return const_cast<Side*>(std::as_const(*this).side(id));
}

std::optional<AttemptId> Twins::first_unreported() const {
  std::optional<AttemptId> first;
  for (const Side& each : sides) {
    if (!each.reported && (!first || each.id.number < first->number)) first = each.id;
  }
  return first;
}

bool Twins::accepts(const AttemptId& id, bool held, bool good, Epoch current) const {
  if (decided) return false;
  const Side* own = side(id);
  if (own != nullptr && own->runs && held) return true;
  // One that was given up, or of an earlier life: a success is a success. But each says one thing.
  return good && (own != nullptr ? !own->reported : id.epoch < current);
}

const Twins* TwinTable::find(const AttemptId& id) const {
  if (twins_.empty()) return nullptr;
  const auto found = twins_.find(key(id));
  return found == twins_.end() ? nullptr : &found->second;
}

Twins* TwinTable::find(const AttemptId& id) {
  return const_cast<Twins*>(std::as_const(*this).find(id));
}

Twins& TwinTable::add(const Twins::Side& first, const Twins::Side& second, const History& history) {
  Twins& twins = twins_[key(first.id)];
  twins.sides = {first, second};
  twins.history = history;
  return twins;
}

}  // namespace batchmill::parallel
